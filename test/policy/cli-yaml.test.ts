import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { manifestsIn, readSource, sourcesIn } from "#policy/model/manifests";
import { readSlowly, readYaml } from "#policy/model/yaml";

const root = join(import.meta.dirname, "..", "..");
const slowly = (text: string) => readSlowly(text).documents.map((document) => document.toJS());

/** Plain scalars, most of which YAML 1.1 reads as something else than a string. */
const scalars = fc.oneof(
  fc.constantFrom(
    ...(
      "yes no on off y n True FALSE null ~ 0644 0o17 0x1F 0b11 1_000 .5 1. 1e3 1.5e-3 .inf -.INF .nan " +
      "+1 -0 09 12e 1:30 2026-11-22 2026-11-22T10:00:00Z 100m 1.2.3 - -? a#b 0.0.0.0/0 <<"
    ).split(" "),
  ),
  fc.stringMatching(/^[-+0-9._eExob:]{0,6}[-+0-9._eExob]$/),
);
const flow = fc.oneof(
  scalars,
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
);

describe("the reader of YAML", () => {
  it("reads plain scalars as Kubernetes does", () => {
    const cases: [string, unknown][] = [
      ["yes", true],
      ["Off", false],
      ["y", true],
      ["0644", 0o644],
      ["0o17", 15],
      ["-0x1F", -31],
      ["0b11", 3],
      ["1_000", 1000],
      ["09", 9],
      ["1e3", 1000],
      [".5", 0.5],
      ["-.inf", -Infinity],
      ["~", null],
      ["1:30", "1:30"],
      ["2026-11-22", "2026-11-22"],
      ["100m", "100m"],
      ["1.2.3", "1.2.3"],
      ["'yes'", "yes"],
      ["!!str 5", "5"],
    ];
    for (const [text, value] of cases) {
      assert.deepEqual(readYaml(`a: ${text}`), [{ a: value }], text);
      assert.deepEqual(slowly(`a: ${text}`), [{ a: value }], text);
    }
  });

  it("agrees with the slow one on scalars of every form", () => {
    fc.assert(
      fc.property(fc.array(flow, { maxLength: 6 }), (items) => {
        const text = items.map((item) => `- ${item}\n`).join("");
        let expected: unknown[];
        try {
          expected = slowly(text);
        } catch {
          assert.throws(() => readYaml(text));
          return;
        }
        assert.deepEqual(readYaml(text), expected);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with the slow one on documents of every shape", () => {
    const keys = fc.stringMatching(/^[a-z][a-z./-]{0,8}$/);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string({ maxLength: 30 }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom("line\n---\nline", "a: b", "# no", "yes", "0644", "| x\n\n  y\n"),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(keys, tie("value"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const text = values.map((each) => stringify(each, { version: "1.1" })).join("---\n");
        const fast = sourcesIn("a", text).flatMap((source) => readYaml(source.text));
        assert.deepEqual(fast, slowly(text));
      }),
      { numRuns: 300 },
    );
  });

  for (const name of readdirSync(join(root, "test", "charts", "golden"))) {
    it(`agrees with the slow one on the rendered stack ${name}`, () => {
      const text = readFileSync(join(root, "test", "charts", "golden", name), "utf8");
      const sources = sourcesIn(name, text);
      assert.deepEqual(
        sources.flatMap((source) => readYaml(source.text)),
        slowly(text),
      );
    });
  }

  it("resolves anchors and merge keys", () => {
    const text = "base: &base {a: 1, b: 2}\nmore:\n  <<: *base\n  b: 3\n";
    assert.deepEqual(readYaml(text), [{ base: { a: 1, b: 2 }, more: { a: 1, b: 3 } }]);
    assert.deepEqual(slowly(text), readYaml(text));
  });
});

describe("the documents of a file", () => {
  const numbers = (text: string) =>
    sourcesIn("a", text).map(({ document, text: part }) => [document, part.trim()]);

  it("count from 1, comments before the first marker belonging to the first", () => {
    assert.deepEqual(numbers("# about\n---\na: 1\n--- # two\nb: 2\n"), [
      [1, "a: 1"],
      [2, "# two\nb: 2"],
    ]);
    assert.deepEqual(numbers("a: 1\n---\n# nothing\n---\nb: 2\n").at(-1), [3, "b: 2"]);
  });

  it("end only where a line starts with the marker", () => {
    assert.equal(numbers("a: x---\nb: |\n  ---\n  y\nc: ----\n").length, 1);
    assert.equal(numbers("a: 1\r\n---\r\nb: 2\r\n").length, 2);
    assert.equal(numbers("a: 1\n----\n").length, 1);
  });

  it("stay together where a directive stands between them, and still count", () => {
    const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;
    const text = `%YAML 1.1\n---\n${pod("a")}...\n%YAML 1.1\n---\n${pod("b")}`;
    assert.equal(sourcesIn("a", text).length, 1);
    const reading = readSource(text);
    assert.ok("objects" in reading);
    assert.deepEqual(
      reading.objects.map(({ offset }) => offset),
      [0, 1],
    );
  });

  it("may be JSON, a list's items being told by their number", () => {
    const item = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
    const reading = readSource(JSON.stringify({ apiVersion: "v1", kind: "List", items: [item] }));
    assert.ok("objects" in reading);
    assert.deepEqual(
      reading.objects.map(({ path, subject }) => [path, subject.kind]),
      [["items[0]", "Pod"]],
    );
    const single = readSource(JSON.stringify(item));
    assert.ok("objects" in single && single.objects[0]?.path === "");
    const almost = readSource('{"apiVersion": "v1", "kind": "Pod", }');
    assert.ok("objects" in almost && almost.objects.length === 1);
  });

  it("say where they can't be read, in the lines of the whole file", () => {
    const reading = readSource("\na: [1\n");
    assert.ok("problem" in reading);
    assert.equal(reading.problem.line, 3);
    assert.throws(() => manifestsIn("/nowhere.yaml"), /\/nowhere\.yaml can't be read: ENOENT/);
  });
});
