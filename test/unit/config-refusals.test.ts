import assert from "node:assert/strict";
import { ConfigError } from "#config/problems";
import { resolveStack } from "#config/stack";
import { stackSources } from "#test/support/stack-sources";

type Edits = Parameters<typeof stackSources>[1];

/** The lines that a refusal consists of, without its heading. */
function refusals(edits: Edits, stack = "dev"): string[] {
  try {
    resolveStack(stackSources(stack, edits));
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, /nothing was touched/);
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return assert.fail("the configuration was taken");
}

const replace = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const append = (more: string) => (text: string) => `${text}${more}`;

/** The one refusal that an edit leads to. */
function refusal(edits: Edits, stack = "dev"): string {
  const lines = refusals(edits, stack);
  assert.equal(lines.length, 1, lines.join("\n"));
  return lines[0] ?? "";
}

function lineOf(stackFile: string, pattern: RegExp, edits: Edits = {}): number {
  const sources = stackSources("dev", edits);
  const all = [sources.stackFile, ...sources.agentFiles];
  const text = all.find(({ name }) => name === stackFile)?.text ?? "";
  return text.split("\n").findIndex((line) => pattern.test(line)) + 1;
}

const agent = (name: string, more: string) =>
  append(`name: ${name}
version: 1.0.0
mode: mesh
image: { name: ${name}, tag: 1.0.0 }
resources:
  requests: { cpu: 10m, memory: 32Mi, ephemeral-storage: 1Mi }
  limits: { cpu: 20m, memory: 32Mi, ephemeral-storage: 1Mi }
check: { tool: x, expect: y }
${more}`);

describe("a wrong configuration", () => {
  it("is refused with all its problems at once, each with its file, line and key", () => {
    const lines = refusals({
      "Pulumi.dev.yaml": replace("replicas: 1\n", "replcas: 1\n"),
      "agents/debug.yaml": replace("memory: 384Mi", 'memory: "384 Mi"'),
      "agents/greeter.yaml": replace("capability: echo", "capability: ecco"),
      "agents/twin.yaml": agent("debug", ""),
    });
    const at = (pattern: RegExp) => lines.find((line) => pattern.test(line)) ?? lines.join("\n");
    assert.match(
      at(/replcas/),
      /^Pulumi\.dev\.yaml:\d+: mcp-mesh:registry\.replcas: unknown key; did you mean "replicas"\?$/,
    );
    assert.match(at(/registry\.replicas/), /is missing; give a number$/);
    assert.match(
      at(/384 Mi/),
      /^agents\/debug\.yaml:\d+: resources\.limits\.memory: found "384 Mi"; write a Kubernetes quantity/,
    );
    assert.match(
      at(/ecco/),
      /^agents\/greeter\.yaml:\d+: dependencies\[0\]: no other agent offers "ecco"; did you mean "echo"\?$/,
    );
    assert.match(
      at(/two agents/),
      /^agents\/twin\.yaml:1: name: two agents are named "debug"; the other is in agents\/debug\.yaml$/,
    );
    assert.equal(lines.length, 5, lines.join("\n"));
  });

  it("names the line on which the value stands", () => {
    const edits = { "Pulumi.dev.yaml": replace("size: 1Gi", "size: lots") };
    const line = lineOf("Pulumi.dev.yaml", /size: lots/, edits);
    assert.ok(line > 1);
    assert.match(
      refusal(edits),
      new RegExp(`^Pulumi\\.dev\\.yaml:${line}: mcp-mesh:postgres\\.storage\\.size: `),
    );
  });

  const cases: [string, Edits, RegExp][] = [
    [
      "an unknown key at the top of the stack file",
      { "Pulumi.dev.yaml": append("  mcp-mesh:postgrez: {}\n") },
      /mcp-mesh:postgrez: unknown key; did you mean "postgres"\?/,
    ],
    [
      "an unknown key in an agent's file",
      { "agents/greeter.yaml": append("depends: []\n") },
      /greeter\.yaml:\d+: depends: unknown key/,
    ],
    [
      "a word that is not one of the choices",
      { "agents/greeter.yaml": replace("mode: mesh", "mode: mash") },
      /mode: found "mash"; did you mean "mesh"\?/,
    ],
    [
      "a missing setting",
      { "Pulumi.dev.yaml": replace(/ {2}mcp-mesh:namespace: .*\n/, "") },
      /mcp-mesh:namespace: is missing; give a string/,
    ],
    [
      "a repeated key",
      { "agents/greeter.yaml": append("mode: vanilla\n") },
      /greeter\.yaml:\d+: Map keys must be unique/,
    ],
    [
      "a request above its limit",
      { "agents/debug.yaml": replace("requests: { memory", "requests: { cpu: 2, memory") },
      /debug\.yaml:\d+: resources\.requests\.cpu: 2 is more than the limit of 500m/,
    ],
    [
      "an image without a fixed version",
      { "agents/debug.yaml": replace("tag: 2.0.3", "tag: latest") },
      /image\.tag: found "latest"/,
    ],
    [
      "a name that Kubernetes would not take",
      { "Pulumi.dev.yaml": replace("namespace: mcp-mesh", "namespace: MCP_Mesh") },
      /mcp-mesh:namespace: found "MCP_Mesh"; use lower-case letters/,
    ],
    [
      "a name that another part of the stack has",
      { "agents/debug.yaml": replace("name: debug\n", "name: registry\n") },
      /name: "registry" is the name of another part of the stack/,
    ],
    [
      "several replicas of a sessionful agent",
      { "agents/everything.yaml": replace("replicas: 1", "replicas: 2") },
      /everything\.yaml:\d+: replicas: found 2; a sessionful agent/,
    ],
    [
      "an autoscaler for a sessionful agent",
      {
        "Pulumi.dev.yaml": replace(
          "debug: { replicas: 1 }",
          "everything: { autoscaling: { minReplicas: 1, maxReplicas: 2 } }",
        ),
      },
      /mcp-mesh:agents\.everything\.autoscaling: a sessionful agent has .*: leave it out$/,
    ],
    [
      "a route that the network policy would close",
      {
        "Pulumi.dev.yaml": replace(
          "debug: { replicas: 1 }",
          "debug: { route: { parentRefs: [{ name: public }], hostnames: [a.example] } }",
        ),
      },
      /mcp-mesh:agents\.debug\.route: nothing could reach it: network\.gateways names no pods/,
    ],
    [
      "an autoscaler whose least is more than its most",
      {
        "Pulumi.dev.yaml": replace(
          "debug: { replicas: 1 }",
          "debug: { autoscaling: { minReplicas: 3, maxReplicas: 2 } }",
        ),
      },
      /agents\.debug\.autoscaling\.maxReplicas: must not be less than minReplicas/,
    ],
    [
      "several replicas of a sessionful agent in the stack's file",
      { "Pulumi.dev.yaml": replace("debug: { replicas: 1 }", "everything: { replicas: 2 }") },
      /mcp-mesh:agents\.everything\.replicas: found 2; a sessionful agent/,
    ],
    [
      "settings for an agent that is not there",
      { "Pulumi.dev.yaml": replace("    greeter: {", "    greter: {") },
      /mcp-mesh:agents\.greter: there is no agent of this name; did you mean "greeter"\?/,
    ],
    [
      "settings that a vanilla agent would never see",
      { "agents/debug.yaml": append("config: { a: 1 }\n") },
      /debug\.yaml:\d+: config: nothing in a vanilla agent reads it/,
    ],
    [
      "dependencies that nothing would wire",
      { "agents/debug.yaml": append("dependencies: [{ capability: echo }]\n") },
      /debug\.yaml:\d+: dependencies: nothing wires a vanilla agent's/,
    ],
    [
      "an environment variable of the runtime's",
      { "agents/greeter.yaml": replace("{ HOST:", "{ MCP_MESH_POD: x, HOST:") },
      /env\.MCP_MESH_POD: names that start with MCP_MESH_ are the runtime's/,
    ],
    [
      "a dependency that only its own agent offers",
      { "agents/greeter.yaml": replace("capability: echo }", "capability: greeting }") },
      /no other agent offers "greeting"/,
    ],
    [
      "a dependency that no offer's version fits",
      {
        "agents/greeter.yaml": replace("capability: echo }", "capability: echo, version: ^2.0.0 }"),
      },
      /no offer of "echo" fits \^2\.0\.0; there is everything: 1\.0\.0 text/,
    ],
    [
      "a dependency that no offer's tags fit",
      { "agents/greeter.yaml": replace("capability: echo }", "capability: echo, tags: [-text] }") },
      /no offer of "echo" fits -text/,
    ],
    [
      "a quota that the stack itself would exceed",
      { "Pulumi.dev.yaml": replace("limits.memory: 10Gi", "limits.memory: 1Gi") },
      /mcp-mesh:guardrails\.quota\["limits\.memory"\]: found 1Gi, but the stack uses up to \d+Mi/,
    ],
    [
      "a container that the namespace would not admit",
      {
        "Pulumi.dev.yaml": replace(
          'max: { cpu: "1", memory: 1Gi',
          'max: { cpu: "1", memory: 256Mi',
        ),
      },
      /guardrails\.containers\.max\.memory: found 256Mi, but (postgres|debug|everything) has a limit/,
    ],
  ];
  for (const [what, edits, expected] of cases) {
    it(`is refused for ${what}`, () => {
      const lines = refusals(edits);
      assert.ok(
        lines.some((line) => expected.test(line)),
        lines.join("\n"),
      );
    });
  }

  it("is refused for an address that the network policies close, with the way out", () => {
    const line = refusal({
      "agents/greeter.yaml": replace(
        "greeting: Hello",
        "greeting: Hello\n  url: http://debug.mcp-mesh.svc:8080/mcp",
      ),
    });
    assert.match(
      line,
      /greeter\.yaml:\d+: config\.url: leads to debug, and the network policies close that way; declare what it needs of it under dependencies: debug$/,
    );
  });

  it("is refused for a secret among the variables, with the way out", () => {
    const secret = "  mcp-mesh:variables:\n    TOKEN:\n      secure: v1:abc:def\n";
    const sources = stackSources("dev", {
      "Pulumi.dev.yaml": append(secret),
      "agents/greeter.yaml": replace("greeting: Hello", "greeting: ${TOKEN}"),
    });
    // As Pulumi hands it over: decrypted.
    sources.settings.variables = JSON.stringify({ TOKEN: "hunter2" });
    assert.throws(
      () => resolveStack(sources),
      (error: Error) => {
        assert.match(
          error.message,
          /Pulumi\.dev\.yaml:\d+: mcp-mesh:variables\.TOKEN: is a secret, .*; put it in a Secret, and mount that/,
        );
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });

  it("is refused for a variable that no file takes", () => {
    assert.match(
      refusal({
        "Pulumi.dev.yaml": append("  mcp-mesh:variables: { GREETIGN: Hi }\n"),
        "agents/greeter.yaml": replace("greeting: Hello", "greeting: ${GREETING:-Hello}"),
      }),
      /Pulumi\.dev\.yaml:\d+: mcp-mesh:variables\.GREETIGN: no agent's file takes it; did you mean "GREETING"\?/,
    );
  });

  it("names the agents that wait for each other, once", () => {
    const needs = (capability: string, offer: string) =>
      `tools: [{ name: t, capability: ${offer} }]\ndependencies: [{ capability: ${capability} }]\n`;
    const line = refusal({
      "agents/hen.yaml": agent("hen", needs("egg", "hen")),
      "agents/egg.yaml": agent("egg", needs("hen", "egg")),
    });
    assert.match(
      line,
      /egg\.yaml:\d+: dependencies: egg needs hen needs egg: none of them can start first/,
    );
  });

  it("is refused for a lock that can't be read", () => {
    const sources = { ...stackSources("dev"), readLock: () => "{" };
    assert.throws(
      () => resolveStack(sources),
      /mcp-mesh:images\.lock: images\.lock\.json is not a lock of images/,
    );
  });
});

describe("a configuration that is right and worth a look", () => {
  it("has a warning for an agent that nobody can call, where some can be called from outside", () => {
    const gateway =
      "  mcp-mesh:network: { gateways: [{ namespace: gateway, labels: { app: gateway } }] }\n";
    const open = resolveStack(stackSources("dev", { "Pulumi.dev.yaml": append(gateway) }));
    const lines = open.warnings.filter((line) => /debug/.test(line));
    assert.match(
      lines.join("\n"),
      /^agents\/debug\.yaml:3: name: no agent depends on debug, .*nobody/,
    );
    assert.ok(!open.warnings.some((line) => /everything/.test(line)));
    assert.deepEqual(resolveStack(stackSources("dev")).warnings, []);
  });
});

describe("a configuration that is unusual but right", () => {
  const taken: [string, Edits][] = [
    [
      "a cycle with a way out",
      {
        "agents/hen.yaml": agent(
          "hen",
          "tools: [{ name: t, capability: hen }]\ndependencies: [{ capability: egg, required: false }]\n",
        ),
        "agents/egg.yaml": agent(
          "egg",
          "tools: [{ name: t, capability: egg }]\ndependencies: [{ capability: hen }]\n",
        ),
      },
    ],
    [
      "an optional dependency nobody offers",
      {
        "agents/greeter.yaml": replace(
          "capability: echo }",
          "capability: translation, required: false }",
        ),
      },
    ],
    [
      "a preferred tag nobody has",
      {
        "agents/greeter.yaml": replace(
          "capability: echo }",
          'capability: echo, version: ">=1.0.0", tags: [+loud, text] }',
        ),
      },
    ],
    [
      "a number where YAML reads one",
      { "agents/debug.yaml": replace("limits: { memory", "limits: { cpu: 1, memory") },
    ],
  ];
  for (const [what, edits] of taken) {
    it(`is taken: ${what}`, () => {
      assert.ok(resolveStack(stackSources("dev", edits)).agents.length >= 3);
    });
  }
});
