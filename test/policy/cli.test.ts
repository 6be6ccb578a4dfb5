import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { compliantPod, kinds } from "./support/objects.ts";

const cli = join(import.meta.dirname, "..", "..", "policy", "cli.ts");

describe("policy check", function () {
  this.timeout(60_000);
  let folder: string;
  const good = stringify(kinds.Deployment?.(compliantPod()));
  const broken = good.replaceAll("runAsNonRoot: true", "runAsNonRoot: no");

  const policy = (args: string[], input = "") => {
    const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", cli];
    const options = { cwd: folder, input, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], options);
    return { status, stdout, stderr };
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "policy-cli-"));
    mkdirSync(join(folder, "deep", "er"), { recursive: true });
    const files: Record<string, string> = {
      "good.yaml": good,
      "two.yaml": `${good}---\n# nothing but a comment\n---\n${broken}`,
      "values.yaml": "replicas: 2\nlist: [1, 2]\n",
      "not.yaml": "a: [1\n",
      "template.yaml": "{{- if .Values.on }}\nkind: Pod\n{{- end }}\n",
      "deep/er/list.json": JSON.stringify({
        apiVersion: "v1",
        kind: "List",
        items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "bare" } }],
      }),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });

  after(() => rmSync(folder, { recursive: true }));

  it("exits 0 where nothing is wrong, and counts what it looked at", () => {
    const { status, stdout } = policy(["check", "good.yaml", "values.yaml"]);
    assert.equal(status, 0);
    assert.equal(stdout, "0 mandatory, 0 advisory violations in 1 objects of 2 files\n");
  });

  it("exits 1 on mandatory violations, naming document, rule, resource, field and fix", () => {
    const { status, stdout } = policy(["check", "two.yaml"]);
    assert.equal(status, 1);
    const title = "two.yaml (document 3) Deployment mesh/web";
    const field = "spec.template.spec.securityContext.runAsNonRoot is false; write true";
    assert.ok(stdout.includes(`${title}\n  P14 run-as-non-root [mandatory] ${field}\n`), stdout);
  });

  it("writes one JSON object a line, over files, folders, lists and documents", () => {
    const { status, stdout } = policy(["check", "--format", "json", "two.yaml", "deep"]);
    assert.equal(status, 1);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(lines[0], {
      file: "two.yaml",
      document: 3,
      id: "P14",
      rule: "run-as-non-root",
      level: "mandatory",
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: "mesh",
      name: "web",
      path: "spec.template.spec.securityContext.runAsNonRoot",
      message: "is false; write true",
    });
    const listed = lines.filter(({ file }) => file === join("deep", "er", "list.json"));
    assert.ok(
      listed.length > 0 && listed.every(({ kind, name }) => kind === "Pod" && name === "bare"),
    );
  });

  it("reads standard input", () => {
    assert.equal(policy(["check", "-"], good).status, 0);
    assert.equal(policy(["check", "-"], broken).status, 1);
  });

  it("runs every rule with --all, and a stack's rules with --stack", () => {
    const single = stringify({
      ...kinds.Deployment?.(compliantPod()),
      spec: { replicas: 1, template: compliantPod() },
    });
    const ids = (...args: string[]) => policy(["check", "--format", "json", ...args, "-"], single);
    assert.equal(ids().stdout, "");
    assert.equal(ids("--stack", "dev").stdout, "");
    for (const args of [["--all"], ["--stack", "prod"]]) {
      const { status, stdout } = ids(...args);
      assert.equal(status, 0);
      assert.match(stdout, /"id":"H1","rule":"minimum-replicas","level":"advisory"/);
    }
  });

  it("exits 2 with one sentence on wrong usage and on what can't be read", () => {
    const cases: [string[], RegExp][] = [
      [[], /say check, list or schema/],
      [["check"], /needs a file or folder/],
      [["check", "--format", "xml", "good.yaml"], /--format is text or json, not xml/],
      [["check", "--nope", "good.yaml"], /--nope/],
      [["check", "missing.yaml"], /there is no file or folder at missing\.yaml/],
      [["check", "not.yaml"], /not\.yaml can't be read/],
      [["check", "template.yaml"], /render the chart first/],
      [
        ["check", "--stack", "qa", "good.yaml"],
        /stack qa has no policy configuration; there is dev, prod, staging/,
      ],
    ];
    for (const [args, sentence] of cases) {
      const { status, stdout, stderr } = policy(args);
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, sentence);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
      assert.equal(stdout, "");
    }
  });

  it("explains itself with --help, and lists every rule", () => {
    assert.match(policy(["--help"]).stdout, /Exit code: 0 .* 1 .* 2 /);
    const { status, stdout } = policy(["list", "--stack", "prod"]);
    assert.equal(status, 0);
    assert.match(stdout, /^P14 +run-as-non-root +mandatory +critical +\S/m);
    assert.match(stdout, /^H1 +minimum-replicas +advisory +high +\S/m);
  });
});
