import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { generated } from "#config/generate/files";
import { canonicalQuantity, parseQuantity } from "#config/quantity";
import { closest, editDistance } from "#config/suggest";
import { projectRoot } from "#local/setup/environment";

describe("a quantity", () => {
  const forms: [string, string][] = [
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["1000M", "1G"],
    ["250m", "250m"],
    ["0", "0"],
  ];
  for (const [given, stored] of forms) {
    it(`of ${given} is written ${stored}`, () => assert.equal(canonicalQuantity(given), stored));
  }
  it("keeps its value, and its form once it has the canonical one", () => {
    const suffix = fc.constantFrom("", "m", "k", "M", "G", "Ki", "Mi", "Gi");
    fc.assert(
      fc.property(fc.nat(), suffix, (number, unit) => {
        const stored = canonicalQuantity(`${number}${unit}`);
        assert.equal(parseQuantity(stored), parseQuantity(`${number}${unit}`));
        assert.equal(canonicalQuantity(stored), stored);
      }),
    );
  });
  for (const wrong of ["", "12 Mi", "1GiB", "-1", "1e3", "Mi", "0.0001"]) {
    it(`is not ${JSON.stringify(wrong)}`, () => assert.equal(parseQuantity(wrong), undefined));
  }
});

describe("a suggestion", () => {
  it("is the nearest word, and none when all are far", () => {
    assert.equal(closest("replcas", ["resources", "replicas"]), "replicas");
    assert.equal(closest("colour", ["resources", "replicas"]), undefined);
  });
  it("takes two swapped letters for one slip", () => {
    assert.equal(editDistance("imgae", "image"), 1);
    assert.equal(editDistance("kitten", "sitting"), 3);
  });
});

describe("a generated file", () => {
  for (const [path, text] of Object.entries(generated())) {
    it(`is up to date: ${path} (else: npm run generate)`, () => {
      assert.equal(readFileSync(join(projectRoot, path), "utf8"), text);
    });
  }
});
