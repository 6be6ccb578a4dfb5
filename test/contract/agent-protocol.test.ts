import assert from "node:assert/strict";
import fc from "fast-check";
import { nextStep } from "#packages/mcp-mesh/src/heartbeat";
import { agentId, readSettings } from "#packages/mcp-mesh/src/settings";

describe("The pause after a heartbeat", () => {
  const registering = { verb: "register", delayMs: 0, failures: 0 } as const;
  const failure = { kind: "failed", reason: "503" } as const;

  it("grows from one second to thirty while the registry fails, and is never shorter than half", () => {
    const pauses: number[] = [];
    let step = nextStep(registering, failure, 5000, 1);
    for (let i = 0; i < 8; i++) {
      pauses.push(step.delayMs);
      step = nextStep(step, failure, 5000, 1);
    }
    assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(nextStep(registering, failure, 5000, 0).delayMs, 500);
  });

  it("is the interval, spread by a tenth to either side", () => {
    const unchanged = { kind: "unchanged" } as const;
    assert.equal(nextStep(registering, unchanged, 5000, 0).delayMs, 4500);
    assert.equal(nextStep(registering, unchanged, 5000, 1).delayMs, 5500);
  });

  it("is followed by the verb that failed, and by a registration only when the registry asks", () => {
    const checking = { ...registering, verb: "check" } as const;
    assert.equal(nextStep(checking, failure, 5000, 0).verb, "check");
    assert.equal(nextStep(registering, failure, 5000, 0).verb, "register");
    assert.equal(nextStep(checking, { kind: "changed" }, 5000, 0).verb, "register");
    assert.equal(nextStep(checking, { kind: "unknown" }, 5000, 0).verb, "register");
  });
});

describe("An agent's id", () => {
  it("is its pod's name, which starts with the agent's", () => {
    assert.equal(agentId("greeter", "greeter-7d9c5b6f4-x2x4z"), "greeter-7d9c5b6f4-x2x4z");
    assert.equal(agentId("greeter", "0a1b2c3d"), "greeter-0a1b2c3d");
  });

  it("is accepted by every registry, whatever the names, and tells pods apart", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.stringMatching(/^[a-z0-9]{5}$/), (name, pod) => {
        const id = agentId(name, `${name}-${pod}`);
        assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
        assert.ok(id.endsWith(`-${pod}`));
      }),
    );
  });
});

describe("The runtime's settings", () => {
  const env = { MCP_MESH_REGISTRY_URL: "http://registry:8000", MCP_MESH_AGENT_NAME: "greeter" };

  it("are none where no registry is named", () => {
    assert.equal(readSettings({ ...env, MCP_MESH_REGISTRY_URL: undefined }), undefined);
  });

  it("default to the ports and the interval of a mesh", () => {
    const settings = readSettings({ ...env, MCP_MESH_POD: "greeter-a-b" });
    assert.deepEqual(
      { ...settings, registryUrl: settings?.registryUrl.href },
      {
        registryUrl: "http://registry:8000/",
        agentId: "greeter-a-b",
        name: "greeter",
        namespace: "default",
        httpHost: "127.0.0.1",
        httpPort: 8080,
        managementPort: 8081,
        heartbeatMs: 5000,
        config: {},
      },
    );
  });

  it("are refused by the name of the variable that is wrong", () => {
    assert.throws(() => readSettings({ ...env, MCP_MESH_AGENT_NAME: "" }), /MCP_MESH_AGENT_NAME/);
    assert.throws(
      () => readSettings({ ...env, MCP_MESH_REGISTRY_URL: "registry" }),
      /MCP_MESH_REGISTRY_URL is "registry", but must be a URL/,
    );
    assert.throws(
      () => readSettings({ ...env, MCP_MESH_CONFIG: "/nowhere/config.json" }),
      /MCP_MESH_CONFIG names \/nowhere\/config\.json/,
    );
  });
});
