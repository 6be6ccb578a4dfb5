import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { policyDocs } from "#config/generate/policy-docs";
import { asDiff, differenceOf } from "#policy/cli/difference";
import { areas, examplesOf, runsOf, verdictOn } from "#policy/cli/manual";
import { type Example, type Mesh, onObject, set } from "#policy/examples/mesh";
import type { Rule } from "#policy/model/rule";
import { rules } from "#policy/rules/all";

const root = join(import.meta.dirname, "..", "..");
const docs = policyDocs();

describe("the documentation of the rules", () => {
  it("has a page for every rule, and none for others", () => {
    const names = [...rules.map(({ name }) => `${name}.md`), "README.md"];
    assert.deepEqual(readdirSync(join(root, "policy", "docs")).sort(), names.sort());
  });

  it("says of every rule what it wants, why, where it runs and how it is set", () => {
    for (const rule of rules) {
      const page = docs[`policy/docs/${rule.name}.md`] ?? "";
      for (const text of [rule.title, rule.why, rule.fix, "## Where it runs", "## Settings"]) {
        assert.ok(page.includes(text), `${rule.name}: ${text}`);
      }
      for (const name of Object.keys(rule.settings ?? {})) assert.ok(page.includes(`\`${name}\``));
      assert.equal(page.match(/^## Example: /gm)?.length ?? 0, examplesOf(rule).length, rule.name);
    }
  });

  it("shows with each example what the rule says to it", () => {
    for (const rule of rules) {
      for (const example of examplesOf(rule)) {
        assert.ok(verdictOn(rule, example).startsWith(`${rule.id} `), example.what);
      }
    }
  });

  it("lists every rule once in its index, under its area", () => {
    const index = docs["policy/docs/README.md"] ?? "";
    const listed = [...index.matchAll(/^\| (\w+) \| \[[\w-]+\]\(([\w-]+)\.md\)/gm)];
    assert.deepEqual(listed.map(([, id]) => id).sort(), rules.map(({ id }) => id).sort());
    for (const { id } of rules) assert.ok(areas[id[0] as string], id);
  });

  it("links only to what exists", () => {
    const texts = {
      ...docs,
      "policy/README.md": readFileSync(join(root, "policy/README.md"), "utf8"),
    };
    for (const [path, text] of Object.entries(texts)) {
      for (const [, target = ""] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(root, dirname(path), target)), `${path} links to ${target}`);
      }
    }
  });
});

describe("where a rule runs", () => {
  const find = (test: (rule: Rule) => boolean) => rules.find(test) as Rule;

  it("follows from what it looks at", () => {
    assert.match(runsOf(find(({ id }) => id === "P12")).join(), /each resource.*over manifests/s);
    assert.match(
      runsOf(find(({ id }) => id === "H4")).join(),
      /all resources together.*--partial/s,
    );
    assert.match(runsOf(find(({ id }) => id === "K5")).join(), /exported state; manifests don't/);
    assert.match(runsOf(find(({ id }) => id === "U4")).join(), /Not in `policy check`/);
    const admitted = find((rule) => "admission" in rule);
    assert.match(runsOf(admitted).join(), /ValidatingAdmissionPolicy/);
  });
});

describe("the difference that an example makes", () => {
  const example = (change: (object: any, mesh: Mesh) => void, object = "Deployment/web"): Example =>
    onObject("", [], object, "", change);
  const diff = (...args: Parameters<typeof example>) => asDiff(differenceOf(example(...args)));

  it("is the changed field with its short siblings, the way to it, kind and name", () => {
    assert.equal(
      diff((service) => set(service.spec, { type: "NodePort" }), "Service/web")
        .split("\n")
        .slice(0, 5)
        .join("\n"),
      "  apiVersion: v1\n  kind: Service\n  metadata:\n    name: web\n  spec:",
    );
    const replicas = diff((deployment) => set(deployment.spec, { replicas: 1 }));
    assert.match(replicas, /^- {3}replicas: 2\n\+ {3}replicas: 1$/m);
    assert.doesNotMatch(replicas, /template/);
  });

  it("names the item of a list that changes, and leaves the others out", () => {
    const text = diff(({ spec }) => set(spec.template.spec.containers[0], { image: "web:latest" }));
    assert.match(text, /containers:\n\s+- name: \w+\n/);
    assert.match(text, /^\+ +image: web:latest$/m);
    assert.doesNotMatch(text, /initContainers/);
  });

  it("shows what is added to a list or removed from it", () => {
    const text = diff(({ spec }) => spec.template.spec.containers.push({ name: "more" }));
    assert.match(text, /^\+ +- name: more$/m);
    assert.doesNotMatch(text, /^[ -] +- name: /m);
  });

  it("shows a change in the metadata beside the name", () => {
    const text = diff(({ metadata }) => set(metadata, { namespace: "default" }));
    assert.match(text, /metadata:\n {4}name: web\n- {3}namespace: mesh\n\+ {3}namespace: default/);
  });

  it("shows a missing object whole but for its labels", () => {
    const broken = example((_, mesh) => {
      delete mesh["PodDisruptionBudget/web"];
    });
    const { right, wrong } = differenceOf(broken);
    assert.match(
      right,
      /^apiVersion: policy\/v1\nkind: PodDisruptionBudget\nmetadata:\n {2}name: web\n/,
    );
    assert.doesNotMatch(right, /managed-by/);
    assert.equal(wrong, "");
  });

  it("takes a field without a value for a missing one", () => {
    assert.match(
      diff(({ spec }) => set(spec, { replicas: undefined })),
      /^- {3}replicas: 2$/m,
    );
  });

  it("marks lines as a diff does, keeping as many as it can", () => {
    assert.equal(
      asDiff({ right: "a\nb\nc\n", wrong: "a\nx\nc\nd\n" }),
      "  a\n- b\n+ x\n  c\n+ d\n",
    );
    assert.equal(asDiff({ right: "", wrong: "a\n" }), "+ a\n");
  });
});
