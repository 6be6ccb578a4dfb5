import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { activeOf } from "#policy/cli/check";
import { type Plan, plan } from "#policy/model/levels";
import { rules } from "#policy/rules/all";
import { CliFolder } from "./support/cli.ts";
import { compliantPod, kinds } from "./support/objects.ts";

const examples = join(import.meta.dirname, "..", "..", "policy", "examples");
const mesh = readFileSync(join(examples, "mesh.yaml"), "utf8");

describe("policy check", function () {
  this.timeout(60_000);
  let folder: CliFolder;
  const good = stringify(kinds.Deployment?.(compliantPod()));
  const broken = good.replaceAll("runAsNonRoot: true", "runAsNonRoot: no");
  const run = (args: string[], input?: string) => folder.run(args, input);

  before(() => {
    folder = new CliFolder({
      "mesh.yaml": mesh,
      "good.yaml": good,
      "two.yaml": `${good}---\n# nothing but a comment\n---\n${broken}`,
      "values.yaml": "replicas: 2\nlist: [1, 2]\n",
      "not.yaml": `${good}---\n# the second\na: [1\n`,
      "template.yaml": "{{- if .Values.on }}\nkind: Pod\n{{- end }}\n",
      "deep/er/list.json": JSON.stringify({
        apiVersion: "v1",
        kind: "List",
        items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "bare" } }],
      }),
    });
  });

  after(() => folder.remove());

  it("exits 0 where nothing is wrong with the stack, and counts what it looked at", () => {
    const { status, stdout, stderr } = run(["check", "mesh.yaml", "values.yaml"]);
    assert.equal(stderr, "");
    assert.match(stdout, /^0 mandatory, 0 advisory violations in \d\d objects of 2 files\n$/);
    assert.equal(status, 0);
  });

  it("exits 1 on mandatory violations, object by object with field, finding and fix", () => {
    const { status, stdout } = run(["check", "--partial", "two.yaml"]);
    assert.equal(status, 1);
    const field = "spec.template.spec.securityContext.runAsNonRoot is false; write true";
    const title = "two.yaml (document 3) Deployment mesh/web: 1 violation";
    assert.equal(
      stdout,
      `${title}\n  P14 run-as-non-root [mandatory] ${field}\n\n` +
        "1 mandatory, 0 advisory violations in 2 objects of 1 file\n",
    );
  });

  it("judges the files together as one stack, unless they are only a part of one", () => {
    const { stdout } = run(["check", "good.yaml"]);
    assert.match(stdout, /H4 disruption-budget \[mandatory\]/);
    assert.equal(run(["check", "--partial", "good.yaml"]).status, 0);
  });

  it("writes one JSON object a line, over files, folders, lists and documents", () => {
    const { status, stdout } = run(["check", "--partial", "--format=json", "two.yaml", "deep"]);
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

  it("checks by chosen rules alone, and refuses one that does not exist", () => {
    assert.equal(run(["check", "--partial", "--rules", "P1, no-root-user", "two.yaml"]).status, 0);
    const { status, stdout } = run(["check", "--partial", "--rules=P14", "--format=json", "deep"]);
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(stdout).id, "P14");
    const unknown = run(["check", "--rules", "P14,P99", "good.yaml"]);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /P99/);
  });

  it("reads standard input", () => {
    assert.equal(run(["check", "--partial", "-"], good).status, 0);
    assert.equal(run(["check", "--partial", "-"], broken).status, 1);
  });

  it("applies the settings and exemptions of a stack", () => {
    const single = stringify({
      ...kinds.Deployment?.(compliantPod()),
      metadata: { ...kinds.Deployment?.(compliantPod()).metadata, namespace: "mcp-mesh" },
      spec: { ...(kinds.Deployment?.(compliantPod()).spec as object), replicas: 2 },
    });
    const prod = run(["check", "--partial", "--stack", "prod", "-"], single);
    assert.match(prod.stdout, /H1 minimum-replicas \[mandatory\] spec\.replicas/);
    const one = single.replace("replicas: 2", "replicas: 1");
    const dev = run(["check", "--partial", "--stack", "dev", "-"], one);
    assert.equal(
      dev.stdout,
      "0 mandatory, 0 advisory violations (1 more exempted) in 1 object of 1 file\n",
    );
  });

  it("leaves disabled rules out, or takes them as advisory with --all", () => {
    const [first, second] = plan(rules, undefined).map((each) => ({ ...each }));
    assert.ok(first && second);
    const plans: Plan[] = [{ ...first, level: "disabled" }, second];
    assert.deepEqual(activeOf(plans, false), [second]);
    assert.deepEqual(activeOf(plans, true), [{ ...first, level: "advisory" }, second]);
  });

  it("exits 2 with one sentence on wrong usage and on what can't be read", () => {
    const cases: [string[], RegExp][] = [
      [[], /say check, list/],
      [["chek", "good.yaml"], /unknown command 'chek'/],
      [["check"], /needs a file or folder/],
      [["check", "--format", "xml", "good.yaml"], /'xml' is invalid.*text, json, sarif/],
      [["check", "--nope", "good.yaml"], /--nope/],
      [["check", "missing.yaml"], /there is no file or folder at missing\.yaml/],
      [["check", "not.yaml"], /not\.yaml can't be read: .* at line \d{3}, column 1$/m],
      [["check", "template.yaml"], /render the chart first/],
      [
        ["check", "--stack", "qa", "good.yaml"],
        /stack qa has no policy configuration; there is dev, prod, staging/,
      ],
    ];
    for (const [args, sentence] of cases) {
      const { status, stdout, stderr } = run(args);
      assert.match(stderr, sentence);
      assert.equal(status, 2, args.join(" "));
      assert.equal(stderr.trimEnd().split("\n").length, 1);
      assert.equal(stdout, "");
    }
  });

  it("explains each command with --help", () => {
    const { stdout } = run(["--help"]);
    assert.match(stdout, /Exit code: 0 .* 1 .* 2 /);
    for (const [, command] of stdout.matchAll(
      /^ {2}(check|list|explain|report|schema|completion)\b/gm,
    )) {
      assert.match(run([command as string, "--help"]).stdout, new RegExp(`Usage: .* ${command}`));
    }
  });

  it("lists every rule with the level of a stack", () => {
    const { status, stdout } = run(["list", "--stack", "prod"]);
    assert.equal(status, 0);
    assert.match(stdout, /^P14 +run-as-non-root +mandatory +critical +\S/m);
  });

  it("writes completion scripts for the shells that it knows", () => {
    assert.match(run(["completion", "bash"]).stdout, /check\) words="--stack --partial .*--help/);
    assert.match(run(["completion", "zsh"]).stdout, /bashcompinit/);
    assert.match(run(["completion", "fish"]).stdout, /-a check -d "Check manifests/);
    assert.match(run(["completion", "tcsh"]).stderr, /'tcsh' is invalid/);
  });
});
