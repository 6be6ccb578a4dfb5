import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Positions } from "#policy/cli/position";
import { manifestOf, readSource, sourcesIn } from "#policy/model/manifests";
import { addressOf, pageUrl } from "#policy/model/page";
import { fromManifest, type Subject } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { CliFolder } from "./support/cli.ts";

const examples = join(import.meta.dirname, "..", "..", "policy", "examples");
const mesh = readFileSync(join(examples, "mesh.yaml"), "utf8");

type Json = Record<string, any>;

describe("policy check --format sarif", function () {
  this.timeout(60_000);
  let log: Json;
  let run: Json;
  const broken = mesh
    .replace("kind: StatefulSet", "kind: StatefulSet # about")
    .replace("automountServiceAccountToken: false", "hostPID: true");

  before(() => {
    const folder = new CliFolder({ "a folder/mesh.yaml": broken });
    try {
      const { status, stdout } = folder.run(["check", "--format", "sarif", "a folder/mesh.yaml"]);
      assert.equal(status, 1);
      log = JSON.parse(stdout);
      run = log.runs[0];
    } finally {
      folder.remove();
    }
  });

  it("is a log of version 2.1.0 with one run of one tool", () => {
    assert.equal(log.version, "2.1.0");
    assert.match(log.$schema, /^https:\/\/.*sarif-2\.1\.0\.json$/);
    assert.equal(log.runs.length, 1);
    assert.deepEqual(Object.keys(log).sort(), ["$schema", "runs", "version"]);
    assert.deepEqual(Object.keys(run).sort(), ["columnKind", "results", "tool"]);
    assert.equal(run.columnKind, "utf16CodeUnits");
    assert.equal(run.tool.driver.name, "mcp-mesh-policy");
    assert.match(run.tool.driver.semanticVersion, /^\d+\.\d+\.\d+$/);
  });

  it("describes every rule, found or not", () => {
    const described: Json[] = run.tool.driver.rules;
    assert.deepEqual(
      described.map(({ id, name }) => `${id} ${name}`),
      rules.map(({ id, name }) => `${id} ${name}`),
    );
    for (const rule of described) {
      for (const text of [rule.shortDescription, rule.fullDescription, rule.help]) {
        assert.ok(text.text.length > 10, rule.id);
      }
      assert.ok(["none", "note", "warning", "error"].includes(rule.defaultConfiguration.level));
      assert.equal(typeof rule.defaultConfiguration.enabled, "boolean");
      const severity = rule.properties["security-severity"];
      assert.ok(typeof severity === "string" && Number(severity) > 0 && Number(severity) <= 10);
      assert.ok(rule.properties.tags.every((tag: unknown) => typeof tag === "string"));
    }
  });

  it("gives each result its rule, level, message, place and fingerprint", () => {
    assert.ok(run.results.length > 0);
    for (const {
      ruleId,
      ruleIndex,
      level,
      message,
      locations,
      partialFingerprints,
    } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
      assert.ok(["note", "warning", "error"].includes(level));
      assert.ok(message.text.length > 10);
      assert.equal(locations.length, 1);
      const [{ physicalLocation, logicalLocations }] = locations;
      assert.equal(physicalLocation.artifactLocation.uri, "a%20folder/mesh.yaml");
      assert.ok(physicalLocation.region.startLine >= 1 && physicalLocation.region.startColumn >= 1);
      assert.ok(logicalLocations[0].fullyQualifiedName.includes(logicalLocations[0].name));
      assert.match(partialFingerprints["objectAndField/v1"], /^[0-9a-f]{32}$/);
    }
    const prints = run.results.map((each: Json) => each.partialFingerprints["objectAndField/v1"]);
    assert.equal(new Set(prints).size, prints.length);
  });

  it("points at the very field", () => {
    const result = run.results.find(({ ruleId }: Json) => ruleId === "P2");
    const { startLine, startColumn } = result.locations[0].physicalLocation.region;
    const line = broken.split("\n")[startLine - 1] ?? "";
    assert.equal(line.slice(startColumn - 1), "hostPID: true");
    assert.match(
      result.message.text,
      /^Deployment mesh\/web: spec\.template\.spec\.hostPID is true/,
    );
    assert.equal(result.level, "error");
  });

  it("has no results where nothing is wrong", () => {
    const folder = new CliFolder({ "values.yaml": "a: 1\n" });
    try {
      const { status, stdout } = folder.run(["check", "--format", "sarif", "values.yaml"]);
      assert.equal(status, 0);
      assert.deepEqual(JSON.parse(stdout).runs[0].results, []);
    } finally {
      folder.remove();
    }
  });
});

describe("the position of a field", () => {
  const text = `# about
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  labels: { app.kubernetes.io/name: web, app: b }
spec:
  containers:
    - name: one
    - &two
      name: two
  more: *two
--- {apiVersion: v1, kind: Pod, metadata: {name: b}}
`;
  const at = (field: string, document = 1, content = text) => {
    const source = sourcesIn("a.yaml", content)[document - 1];
    const reading = readSource(source?.text ?? "");
    assert.ok(source && "objects" in reading && reading.objects[0]);
    const manifest = manifestOf(source, reading.objects[0]);
    const { line, column } = new Positions(new Map([["a.yaml", content]])).of(manifest, field);
    return (content.split("\n")[line - 1] ?? "").slice(column - 1);
  };

  it("is that of its key or item, in whatever document and notation", () => {
    assert.match(at("metadata.name"), /^name: a/);
    assert.match(at("metadata.labels.app.kubernetes.io/name"), /^app\.kubernetes\.io\/name: web/);
    assert.match(at('metadata.labels["app.kubernetes.io/name"]'), /^app\.kubernetes\.io/);
    assert.match(at("metadata.labels.app"), /^app: b/);
    assert.match(at("spec.containers[1].name"), /^name: two/);
    assert.match(at("spec.containers[0]"), /^name: one/);
    assert.match(at("metadata.name", 2), /^name: b/);
  });

  it("is found in documents in whatever order they are asked for", () => {
    const positions = new Positions(new Map([["a.yaml", text]]));
    const name = (document: number) =>
      positions.of({ file: "a.yaml", document, path: "", subject: subjects[0] as Subject }, "kind");
    const subjects = fromManifest({ apiVersion: "v1", kind: "Pod" });
    const [second, first] = [name(2), name(1)];
    assert.deepEqual(first, { line: 4, column: 1 });
    assert.deepEqual([second.line, name(2).line], [14, 14]);
    assert.deepEqual(second, name(2));
  });

  it("goes through an alias to what it stands for", () => {
    assert.match(at("spec.more.name"), /^name: two/);
  });

  it("is that of the nearest ancestor of a missing field", () => {
    assert.match(at("spec.containers[0].image"), /^name: one/);
    assert.match(at("spec.containers[7].image"), /^containers:/);
    assert.match(at("status.phase"), /^apiVersion: v1/);
    assert.match(at("metadata.namespace", 2), /^metadata: /);
  });

  it("is found in JSON, inside lists and states", () => {
    const list =
      '{"apiVersion":"v1","kind":"List","items":[\n{"kind":"Pod","metadata":{"name":"x"}}]}';
    assert.match(at("metadata.name", 1, list), /^"name":"x"/);
    const state =
      '{"version":3,"deployment":{"resources":[{"custom":true,"type":"kubernetes:core/v1:Pod",\n' +
      '"urn":"a","inputs":{"spec":{"hostPID":true}}}]}}';
    assert.match(at("spec.hostPID", 1, state), /^"hostPID":true/);
  });

  it("is found in a file of several documents that can't be split", () => {
    const both = "%YAML 1.1\n---\napiVersion: v1\nkind: Pod\n...\n";
    assert.match(at("kind", 1, both), /^kind: Pod/);
  });
});

describe("the address of a rule's page", () => {
  it("follows from the repository in package.json, in any form that npm takes", () => {
    const forms = [
      "example/mesh",
      "github:example/mesh",
      { url: "git+https://github.com/example/mesh.git" },
      { url: "ssh://git@github.com/example/mesh.git" },
      "https://github.com/example/mesh/",
    ];
    for (const repository of forms) {
      assert.equal(addressOf({ repository }), "https://github.com/example/mesh");
    }
    assert.equal(addressOf({}), undefined);
    assert.equal(addressOf({ repository: "file:somewhere" }), undefined);
  });

  it("is none without a repository", () => {
    const rule = { name: "image-tag" };
    assert.equal(pageUrl(rule, undefined), pageUrl(rule));
    assert.equal(
      pageUrl(rule, "https://example.org/mesh"),
      "https://example.org/mesh/blob/main/policy/docs/image-tag.md",
    );
  });
});
