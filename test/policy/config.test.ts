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

/** The catalogue's must-have checks, by area and number. */
const mustHave: Record<string, number[]> = {
  P: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 27, 28, 29],
  I: [1, 2, 3, 6, 7],
  R: [1, 3, 5, 6, 7],
  B: [1, 2, 3, 4, 6],
  H: [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 17],
  S: [1, 2, 3, 4, 6, 8, 9, 10, 12, 13, 14],
  N: [1, 2, 4, 5],
  A: [1, 2, 3, 5, 6, 7, 9],
  K: [1, 2, 3, 4, 5, 7],
  M: [1, 2, 3, 4, 5, 7, 10, 11],
  X: [1],
  // U1 (patches) and U3 (any form of an object) hold for every rule: see coverage.test.ts.
  U: [2, 4, 5, 7],
};

describe("the rules", () => {
  it("are mandatory for each of the catalogue's must-have checks", () => {
    const mandatory = rules.filter(({ level }) => level === "mandatory").map(({ id }) => id);
    const ids = Object.entries(mustHave).flatMap(([area, numbers]) =>
      numbers.map((number) => `${area}${number}`),
    );
    assert.equal(ids.length, 94);
    assert.deepEqual(
      ids.filter((id) => !mandatory.includes(id)),
      [],
    );
  });

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
