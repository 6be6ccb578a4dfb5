import assert from "node:assert/strict";
import { readAgents } from "#config/agents";
import type { Variable } from "#config/variables";

const agent = (name: string, more = "") => `name: ${name}
mode: mesh
image: { name: server, tag: 1.2.3 }
resources:
  requests: { cpu: 10m, memory: 32Mi, ephemeral-storage: 1Mi }
  limits: { cpu: 20m, memory: 32Mi, ephemeral-storage: 1Mi }
check: { tool: x, expect: y }
${more}`;

type Files = Record<string, string>;

function read(files: Files, variables: Record<string, Variable> = {}) {
  const list = Object.entries(files).map(([name, text]) => ({ name: `agents/${name}`, text }));
  return readAgents(list, new Map(Object.entries(variables)));
}

/** The one agent that files make, without problems. */
function only(files: Files, variables: Record<string, string> = {}) {
  const given = Object.entries(variables).map(([name, text]) => [name, { text }]);
  const { agents, problems } = read(files, Object.fromEntries(given));
  assert.deepEqual(problems, []);
  assert.equal(agents.length, 1);
  return agents[0]!;
}

/** What is wrong with files, as lines that a person reads. */
function problems(files: Files, variables: Record<string, Variable> = {}): string[] {
  return read(files, variables).problems.map(
    ({ file, line, key, message }) => `${file}:${line}: ${key}: ${message}`,
  );
}

describe("an agent's bases", () => {
  it("fill in what the agent does not say, key by key, and lists as a whole", () => {
    const found = only({
      "a.yaml": agent(
        "a",
        "extends: base.yaml\nenv: { ONE: own }\ntools: [{ name: t, capability: c }]",
      ),
      "bases/base.yaml":
        "env: { ONE: base, TWO: base }\nreplicas: 3\ntools: [{ name: u, capability: d }]\n",
    });
    assert.deepEqual(found.env, { ONE: "own", TWO: "base" });
    assert.equal(found.replicas, 3);
    assert.deepEqual(
      found.tools.map(({ name }) => name),
      ["t"],
    );
  });

  it("may be several, the later before the earlier, and have bases themselves", () => {
    const found = only({
      "a.yaml": agent("a", "extends: [one.yaml, two.yaml]"),
      "bases/one.yaml": "env: { A: one, B: one, C: one }\n",
      "bases/two.yaml": "extends: deep.yaml\nenv: { B: two }\n",
      "bases/deep.yaml": "env: { B: deep, C: deep }\n",
    });
    assert.deepEqual(found.env, { A: "one", B: "two", C: "deep" });
  });

  it("are blamed for their own mistakes, once, with their own lines", () => {
    const files = {
      "a.yaml": agent("a", "extends: base.yaml"),
      "b.yaml": agent("b", "extends: base.yaml"),
      "bases/base.yaml": "# What two have.\n\nreplicas: 0\n",
    };
    assert.deepEqual(problems(files), [
      "agents/bases/base.yaml:3: replicas: found 0; it must be at least 1",
    ]);
  });

  it("are not blamed for what the agent says over them", () => {
    const files = {
      "a.yaml": agent("a", "extends: base.yaml\nreplicas: 0"),
      "bases/base.yaml": "replicas: 2\n",
    };
    assert.deepEqual(problems(files), [
      "agents/a.yaml:9: replicas: found 0; it must be at least 1",
    ]);
  });

  it("are refused in a circle, told once with every member and its line", () => {
    const files = {
      "a.yaml": agent("a", "extends: one.yaml"),
      "bases/one.yaml": "replicas: 2\nextends: two.yaml\n",
      "bases/two.yaml": "extends: three.yaml\n",
      "bases/three.yaml": "# Back.\n\nextends: one.yaml\n",
    };
    assert.deepEqual(problems(files), [
      "agents/bases/one.yaml:2: extends: agents/bases/one.yaml:2 extends agents/bases/two.yaml:1 extends agents/bases/three.yaml:3 extends agents/bases/one.yaml:2: none of them has a beginning; remove one of these lines",
    ]);
  });

  for (const [what, files, expected] of [
    [
      "a name that is no base's",
      {
        "a.yaml": agent("a", "extends: smal.yaml"),
        "b.yaml": agent("b", "extends: small.yaml"),
        "bases/small.yaml": "replicas: 2\n",
      },
      'agents/a.yaml:8: extends: found smal.yaml, which is no file in agents/bases/; did you mean "small.yaml"?',
    ],
    [
      "another agent",
      { "a.yaml": agent("a", "extends: b.yaml"), "b.yaml": agent("b") },
      "agents/a.yaml:8: extends: found b.yaml, which is no file in agents/bases/",
    ],
    [
      "one that nobody extends",
      { "a.yaml": agent("a"), "bases/lost.yaml": "replicas: 2\n" },
      "agents/bases/lost.yaml:1: : no agent extends it; remove it, or name it under an agent's extends",
    ],
    [
      "one with a name, as if it were an agent",
      { "a.yaml": agent("a", "extends: base.yaml"), "bases/base.yaml": "name: base\n" },
      "agents/bases/base.yaml:1: name: a base has none: it is no agent by itself; leave it out",
    ],
  ] as [string, Files, string][]) {
    it(`are refused: ${what}`, () => assert.deepEqual(problems(files), [expected]));
  }
});

describe("a variable in an agent's file", () => {
  const from = (text: string, line = 4): Variable => ({
    text,
    source: { key: "mcp-mesh:variables.X", place: { file: "Pulumi.dev.yaml", line } },
  });

  it("is a number or a truth value where the schema takes one, quoted or not", () => {
    const more = `replicas: \${X}
tools: [{ name: t, capability: c }]
dependencies: [{ capability: d, required: "\${NO}" }]`;
    const found = only({ "a.yaml": agent("a", more) }, { X: "3", NO: "false" });
    assert.equal(found.replicas, 3);
    assert.equal(found.dependencies[0]?.required, false);
  });

  it("is text where the schema takes text, and in an agent's own settings what YAML makes of it", () => {
    const more =
      "env: { WIDTH: '${X}' }\nconfig:\n  plain: ${X}\n  quoted: '${X}'\n  part: at ${X}";
    const found = only({ "a.yaml": agent("a", more) }, { X: "8080" });
    assert.deepEqual(found.env, { WIDTH: "8080" });
    assert.deepEqual(found.config, { plain: 8080, quoted: "8080", part: "at 8080" });
  });

  it("has its default where the stack sets nothing, or nothing but an empty text", () => {
    const more = "config: { a: '${X:-one}', b: '${Y:-two}', c: '${Z:-three:-3}' }";
    const found = only({ "a.yaml": agent("a", more) }, { X: "set", Y: "" });
    assert.deepEqual(found.config, { a: "set", b: "two", c: "three:-3" });
  });

  it("is none after a second dollar", () => {
    const found = only({ "a.yaml": agent("a", "config: { a: '$${X} costs $5' }") });
    assert.deepEqual(found.config, { a: "${X} costs $5" });
  });

  it("is refused without a value and without a default, with its line and what was meant", () => {
    const files = { "a.yaml": agent("a", "env: { A: '${REGON}' }") };
    assert.deepEqual(problems(files, { REGION: { text: "x" } }), [
      'agents/a.yaml:8: env.A: the stack sets no variable REGON; did you mean "REGION"?; set it in mcp-mesh:variables, or write a default: ${REGON:-…}',
      'agents/a.yaml:8: env.A: found ""; it must be at least 1 character long',
    ]);
  });

  it("is refused where it has no end or no name", () => {
    for (const text of ["${", "${}", "${A", "${a b}", "${1}", "${A-b}"]) {
      const [line = ""] = problems({ "a.yaml": agent("a", `config:\n  a: 'x ${text}'`) });
      assert.match(line, /^agents\/a\.yaml:9: config\.a: found "\$\{.*; write \$\{NAME\} or/, text);
    }
  });

  it("is refused in a key", () => {
    const files = { "a.yaml": agent("a", "config: { '${X}': 1 }") };
    assert.deepEqual(problems(files, { X: { text: "x" } }), [
      'agents/a.yaml:8: config["${X}"]: a key takes no variable; write it out',
    ]);
  });

  it("is blamed where the stack sets it, if its value is what is wrong", () => {
    const files = { "a.yaml": agent("a", "replicas: ${X}") };
    assert.deepEqual(problems(files, { X: from("many") }), [
      'Pulumi.dev.yaml:4: mcp-mesh:variables.X: found "many"; expected a number (used in agents/a.yaml:8: replicas)',
    ]);
  });
});

describe("an agent's version", () => {
  const tagged = (tag: string, more = "") => ({
    "a.yaml": agent("a", more).replace("tag: 1.2.3", `tag: ${tag}`),
  });

  it("is its image's", () => {
    assert.equal(only(tagged("1.2.3")).version, "1.2.3");
    assert.equal(only(tagged("v2.0.0-rc.1")).version, "2.0.0-rc.1");
  });
  it("is refused if it says something else", () => {
    assert.deepEqual(problems(tagged("1.2.3", "version: 1.2.4")), [
      "agents/a.yaml:8: version: found 1.2.4, but the image's tag is 1.2.3; leave it out: it follows the image",
    ]);
  });
  it("is needed where the tag is none", () => {
    assert.equal(only(tagged("main", "version: 1.0.0")).version, "1.0.0");
    assert.deepEqual(problems(tagged("main")), [
      'agents/a.yaml:1: version: is missing; the image\'s tag "main" is no version to follow',
    ]);
  });
});
