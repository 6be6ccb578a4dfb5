import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plan, schemaOf } from "#policy/model/levels";
import { rules } from "#policy/rules/all";

const policyFolder = join(import.meta.dirname, "..", "..", "policy");

describe("policy configuration", () => {
  it("has a schema that follows the rules (npm run policy -- schema writes it)", () => {
    const written = JSON.parse(readFileSync(join(policyFolder, "config.schema.json"), "utf8"));
    assert.deepEqual(written, JSON.parse(JSON.stringify(schemaOf(rules))));
  });

  for (const stack of ["dev", "staging", "prod"]) {
    it(`gives every rule a level on ${stack}, and loosens none that is mandatory`, () => {
      for (const { rule, level } of plan(rules, stack)) {
        if (rule.level === "mandatory") assert.equal(level, "mandatory", rule.name);
      }
    });
  }
});

describe("the rules", () => {
  it("have ids and names of their own, the names in kebab case", () => {
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
    for (const { name } of rules) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
  });

  it("say in sentences what holds, why, and how to fix it", () => {
    for (const { title, why, fix } of rules) {
      for (const text of [title, why, fix]) assert.match(text, /^[A-Z].{15,}[^.]\.$/);
    }
  });
});
