import assert from "node:assert/strict";
import { resolveStack } from "#config/stack";
import { stackNames, stackSources } from "#test/support/stack-sources";

const digest = `sha256:${"a".repeat(64)}`;
const resolve = (...args: Parameters<typeof stackSources>) => resolveStack(stackSources(...args));
const agentOf = (stack: ReturnType<typeof resolve>, name: string) => {
  const found = stack.agents.find((agent) => agent.name === name);
  assert.ok(found, `no agent ${name}`);
  return found;
};

describe("a stack's plan", () => {
  for (const name of stackNames) {
    it(`exists for ${name}, with an address for each agent`, () => {
      const { outputs, namespace } = resolve(name);
      const everywhere = ["debug", "everything", "greeter"];
      const samples = ["clock", "forecast", "notes", "packing", "trip"];
      const expected = name === "dev" ? [...everywhere, ...samples].sort() : everywhere;
      assert.deepEqual(Object.keys(outputs.agents), expected);
      assert.equal(outputs.agents.greeter?.url, `http://greeter.${namespace}.svc:8080/mcp`);
    });
  }

  it("opens exactly the flows that the dependencies and the release check need", () => {
    const stack = resolve("dev");
    const { postgres, registry, dashboard, observability, releaseCheck } = stack;
    const open = [
      ["postgres", postgres?.network ?? { ingress: [], egress: [] }] as const,
      ["registry", registry.network] as const,
      ["dashboard", dashboard?.network ?? { ingress: [], egress: [] }] as const,
      [
        "observability-prometheus",
        observability?.prometheus.network ?? { ingress: [], egress: [] },
      ] as const,
      ...stack.agents.map(({ name, values }) => [name, values.network] as const),
    ];
    const inbound = open.flatMap(([name, { ingress }]) =>
      ingress.map((from) => `${from} > ${name}`),
    );
    const outbound = [...open, ["release-check", releaseCheck.network] as const].flatMap(
      ([name, { egress }]) => egress.map(({ to }) => `${name} > ${to}`),
    );
    assert.deepEqual(inbound.toSorted(), [
      "dashboard > observability-prometheus",
      "dashboard > registry",
      "forecast > registry",
      "greeter > everything",
      "greeter > registry",
      "notes > registry",
      "packing > forecast",
      "packing > registry",
      "registry > postgres",
      "release-check > clock",
      "release-check > debug",
      "release-check > everything",
      "release-check > forecast",
      "release-check > greeter",
      "release-check > notes",
      "release-check > packing",
      "release-check > trip",
      "trip > packing",
      "trip > registry",
    ]);
    assert.deepEqual(outbound.toSorted(), inbound.toSorted());
  });

  it("lets an agent call everybody whose offer meets its need", () => {
    const stack = resolve("dev", {
      "agents/debug.yaml": (text) => text.replace("capability: debug", "capability: echo"),
    });
    const { egress } = agentOf(stack, "greeter").values.network;
    assert.deepEqual(egress.map(({ to }) => to).toSorted(), ["debug", "everything", "registry"]);
  });

  it("declares the vanilla agents to the registry, and no others", () => {
    const declared = resolve("dev").registry.declaredAgents;
    assert.deepEqual(
      declared.map(({ agent_id }) => agent_id),
      ["clock", "debug", "everything"],
    );
    assert.deepEqual(declared[2]?.tools, [
      { function_name: "echo", capability: "echo", version: "1.0.0", tags: ["text"] },
    ]);
    assert.equal(declared[2]?.http_host, "everything.mcp-mesh.svc");
  });

  it("takes the stack's own settings for an agent over those in the agent's file", () => {
    assert.equal(agentOf(resolve("dev"), "greeter").values.replicas, 1);
    assert.equal(agentOf(resolve("prod"), "greeter").values.autoscaling?.minReplicas, 3);
    assert.deepEqual(agentOf(resolve("dev"), "greeter").values.env, { HOST: "0.0.0.0" });
  });

  it("does without an agent that the stack does not deploy, and tells who needs it", () => {
    const without = (name: string) => ({
      "Pulumi.dev.yaml": (text: string) =>
        text.replace(`    ${name}: { replicas: 1 }`, `    ${name}: { deploy: false }`),
    });
    const stack = resolve("dev", without("trip"));
    assert.ok(!stack.agents.some(({ name }) => name === "trip"));
    assert.ok(!agentOf(stack, "packing").values.network.ingress.includes("trip"));
    assert.throws(
      () => resolve("dev", without("forecast")),
      /agents\/packing\.yaml:\d+: dependencies\[0\]: no other agent offers "forecast"/,
    );
  });

  it("gives sessionful agents longer to drain", () => {
    const stack = resolve("dev");
    const [sessionful, stateless] = ["everything", "debug"].map((name) => agentOf(stack, name));
    assert.ok(sessionful && stateless);
    assert.ok(sessionful.values.drainSeconds > stateless.values.drainSeconds);
  });

  it("checks the release again when, and only when, something changed", () => {
    const proves = (edits?: Parameters<typeof stackSources>[1]) =>
      resolve("dev", edits).releaseCheck.proves;
    const changed = proves({
      "agents/greeter.yaml": (text) => text.replace("greeting: Hello", "greeting: Ahoy"),
    });
    assert.equal(proves(), proves());
    assert.notEqual(changed, proves());
  });
});

describe("an image's reference", () => {
  const withLock = (lock: string | undefined, stack = "dev", edits = {}) =>
    resolveStack({ ...stackSources(stack, edits), readLock: () => lock }).outputs.images;
  const tagged = "ghcr.io/mcp-mesh/registry:0.1.0";
  const lock = JSON.stringify({ images: { [tagged]: digest } });

  it("has the digest that the lock names, and keeps its tag", () => {
    assert.equal(withLock(lock).registry, `${tagged}@${digest}`);
  });
  it("has its tag alone when the lock does not name it or is not there", () => {
    assert.equal(withLock(lock).postgres, "ghcr.io/mcp-mesh/postgres:15");
    assert.equal(withLock(undefined).registry, tagged);
  });
  it("ignores a lock that the stack does not ask for", () => {
    assert.equal(withLock(lock, "prod").registry, tagged);
  });
  it("stands for itself when its name has a slash", () => {
    const named = (name: string) => {
      const edits = {
        "Pulumi.dev.yaml": (text: string) => text.replace("{ name: registry,", `{ name: ${name},`),
      };
      return withLock(undefined, "dev", edits).registry;
    };
    assert.equal(named("quay.io/acme/registry"), "quay.io/acme/registry:0.1.0");
    assert.equal(named("acme/registry"), "docker.io/acme/registry:0.1.0");
  });
  it("takes a digest that is configured over the lock's", () => {
    const own = `sha256:${"b".repeat(64)}`;
    const edits = {
      "Pulumi.dev.yaml": (text: string) =>
        text.replace("name: registry, tag: 0.1.0", `name: registry, tag: 0.1.0, digest: "${own}"`),
    };
    assert.equal(withLock(lock, "dev", edits).registry, `${tagged}@${own}`);
  });
});
