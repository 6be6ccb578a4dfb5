import assert from "node:assert/strict";
import { parseQuantity, showQuantity } from "#policy/model/quantity";

describe("a quantity", () => {
  const billion = 10n ** 9n;
  const cases: [unknown, bigint | undefined][] = [
    ["0", 0n],
    [2, 2n * billion],
    [0.5, billion / 2n],
    ["100m", billion / 10n],
    ["1.5", (billion * 3n) / 2n],
    [".5", billion / 2n],
    ["1.", billion],
    ["+1", billion],
    ["-1", -billion],
    ["1n", 1n],
    ["0.1n", 1n],
    ["3u", 3000n],
    ["2k", 2000n * billion],
    ["1M", 10n ** 6n * billion],
    ["1G", 10n ** 9n * billion],
    ["1T", 10n ** 12n * billion],
    ["1P", 10n ** 15n * billion],
    ["1E", 10n ** 18n * billion],
    ["1Ki", 1024n * billion],
    ["1.5Mi", 1536n * 1024n * billion],
    ["1Gi", 1024n ** 3n * billion],
    ["1Ti", 1024n ** 4n * billion],
    ["1Pi", 1024n ** 5n * billion],
    ["1Ei", 1024n ** 6n * billion],
    ["1e3", 1000n * billion],
    ["12E-1", (billion * 12n) / 10n],
    ["5e+2", 500n * billion],
    ["", undefined],
    ["1 Gi", undefined],
    ["1gi", undefined],
    ["m", undefined],
    ["1K", undefined],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
    [Number.NaN, undefined],
  ];
  for (const [text, value] of cases) {
    it(`${JSON.stringify(text)} is ${value ?? "none"}`, () => {
      assert.equal(parseQuantity(text), value);
    });
  }

  it("is shown in the units that people use, rounded up", () => {
    const shown = (value: string, like: unknown) => showQuantity(parseQuantity(value) ?? 0n, like);
    assert.equal(shown("1500m", "4"), "1500m");
    assert.equal(shown("2000m", 1), "2");
    assert.equal(shown("1u", 1), "1m");
    assert.equal(shown("1Gi", "1Mi"), "1Gi");
    assert.equal(shown("1025Mi", "8Gi"), "1025Mi");
    assert.equal(shown("1", "8Gi"), "1Mi");
  });
});
