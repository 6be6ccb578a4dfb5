import assert from "node:assert/strict";
import { compliantMesh } from "#policy/examples/mesh";
import { rules } from "#policy/rules/all";
import { meshExamples, violationsIn } from "./support/objects.ts";

/** Ids of rules that plain manifests can't break: their own tests show them in Pulumi's host. */
const pulumiOnly = rules.filter((rule) => rule.pulumiOnly).map(({ id }) => id);

describe("the examples of the rules", () => {
  it("start from an application in which nothing is wrong", () => {
    assert.deepEqual(violationsIn(Object.values(compliantMesh())).paths, {});
  });

  for (const { what, rules: ids, object, path, settings, break: apply } of meshExamples) {
    it(`${ids.join(", ")}: ${what} is reported at its field, by no other rule`, () => {
      const mesh = compliantMesh();
      apply(mesh);
      const { paths, objects } = violationsIn(Object.values(mesh), settings);
      const first = ids[0] as string;
      assert.deepEqual(Object.keys(paths).sort(), [...ids].sort());
      assert.equal(paths[first]?.[0], path);
      assert.equal(objects[first]?.[0], object);
    });
  }

  it("show every rule broken at least once", () => {
    const broken = new Set([...meshExamples.map(({ rules: [first] }) => first), ...pulumiOnly]);
    const others = rules.map(({ id }) => id).filter((id) => !broken.has(id));
    assert.deepEqual(others, []);
  });
});
