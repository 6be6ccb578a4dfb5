import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import { readAgents } from "#config/agents";
import { merge } from "#config/bases";
import { type Located, locate, plainValue } from "#config/located";
import { fill } from "#config/variables";

/** Values of one shape, each of whose parts may be missing: what several bases say of the same keys. */
const shaped = fc.record(
  {
    replicas: fc.nat(9),
    env: fc.dictionary(fc.constantFrom("A", "B", "C"), fc.string(), { noNullPrototype: true }),
    tools: fc.array(fc.string(), { maxLength: 3 }),
    config: fc.record(
      {
        deep: fc.dictionary(fc.constantFrom("x", "y"), fc.integer(), { noNullPrototype: true }),
        list: fc.array(fc.nat()),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const located = (value: unknown): Located => locate("f", stringify(value)).root!;
const merged = (...all: unknown[]) => plainValue(all.map(located).reduce(merge));

describe("laying files over each other", () => {
  it("comes to the same however many are laid together first", () => {
    fc.assert(
      fc.property(shaped, shaped, shaped, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(located) as [Located, Located, Located];
        assert.deepEqual(plainValue(merge(x, merge(y, z))), plainValue(merge(merge(x, y), z)));
      }),
    );
  });
  it("changes nothing with nothing, and nothing with the same again", () => {
    fc.assert(
      fc.property(shaped, (a) => {
        assert.deepEqual(merged(a, {}), a);
        assert.deepEqual(merged({}, a), a);
        assert.deepEqual(merged(a, a), a);
      }),
    );
  });
  it("keeps each value's own file and line", () => {
    fc.assert(
      fc.property(shaped, shaped, (a, b) => {
        const base = locate("base", stringify(a)).root!;
        const own = locate("own", stringify(b)).root!;
        const whole = merge(base, own);
        if (whole.kind !== "map" || own.kind !== "map") return;
        for (const [key, value] of whole.entries) {
          assert.equal(value.place.file, own.entries.has(key) ? "own" : "base");
        }
      }),
    );
  });
});

describe("putting variables in", () => {
  const escapeMarks = (text: string) => text.replace(/\$\{/g, () => "$${");
  const never = (what: string) => () => assert.fail(what);
  const asked = { unset: never("unset"), malformed: never("malformed") };

  it("gives back any text that was escaped", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("${", "$${", "}", ""), fc.string(), (a, b, c) => {
        const text = a + b + c;
        const { text: found } = fill(escapeMarks(text), { ...asked, valueOf: () => undefined });
        assert.equal(found, text);
      }),
    );
  });
  it("puts in any value as it is, and reads nothing in it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (before, value) => {
        const text = `${escapeMarks(before)}\${X}`;
        // A dollar before it would escape it.
        fc.pre(!before.endsWith("$"));
        assert.equal(fill(text, { ...asked, valueOf: () => value }).text, before + value);
      }),
    );
  });
});

describe("reading agents' files", () => {
  const scrap = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "${",
      "${A}",
      "${A:-x}",
      "$${",
      "&a ",
      "*a",
      "? ",
      "- ",
      ": ",
      "{",
      "[",
      "}",
      "]",
    ),
    fc.constantFrom(
      "\n",
      "\n  ",
      "name: a",
      "extends: a.yaml",
      "!!binary x",
      "<<: *a",
      "# c",
      "'",
      '"',
    ),
    fc.constantFrom(
      "__proto__: 1",
      "constructor: {}",
      "config:",
      "env:",
      "1: 2",
      "~: ~",
      "\t",
      "%YAML 1.1\n---",
    ),
  );
  const text = fc.array(scrap, { maxLength: 12 }).map((parts) => parts.join(""));

  it("never crashes, and blames a line of one of them for whatever is wrong", () => {
    fc.assert(
      fc.property(text, text, (own, base) => {
        const files = [
          { name: "agents/a.yaml", text: own },
          { name: "agents/bases/a.yaml", text: base },
        ];
        for (const { file, line, message } of readAgents(files, new Map()).problems) {
          assert.ok(
            files.some(({ name }) => name === file),
            file,
          );
          const lines = files.find(({ name }) => name === file)!.text.split(/\r\n|\r|\n/).length;
          assert.ok(line !== undefined && line >= 1 && line <= lines, `${line}: ${message}`);
          assert.ok(message.length > 0);
        }
      }),
      { numRuns: 1500 },
    );
  });

  for (const [what, made] of [
    ["thousands of brackets", "[".repeat(800)],
    [
      "maps in maps in maps",
      Array.from({ length: 300 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
    ],
    [
      "an alias that multiplies itself",
      `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`).join("\n")}`,
    ],
    ["an alias to what it stands in", "a: &a { b: *a }"],
    ["an alias to nothing", "a: *b"],
  ] as const) {
    it(`survives ${what}`, () => {
      const { problems } = readAgents([{ name: "agents/a.yaml", text: made }], new Map());
      assert.ok(problems.length > 0 && problems.length < 50, `${problems.length}`);
      assert.ok(problems.every(({ line }) => line !== undefined));
    });
  }
});
