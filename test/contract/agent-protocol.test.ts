import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { projectRoot } from "#local/setup/environment";
import { nextStep } from "#packages/mcp-mesh/src/heartbeat";
import { agentId, readSettings } from "#packages/mcp-mesh/src/settings";
import { notUnderstood, UNDERSTOOD } from "#packages/mcp-mesh/src/variables";

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

  it("are none where no registry is named, or the mesh is switched off", () => {
    assert.equal(readSettings({ ...env, MCP_MESH_REGISTRY_URL: undefined }), undefined);
    assert.equal(readSettings({ ...env, MCP_MESH_REGISTRY_URL: "" }), undefined);
    assert.equal(readSettings({ ...env, MCP_MESH_ENABLED: "False" }), undefined);
  });

  it("default to the ports and the intervals of a mesh", () => {
    const settings = readSettings({ ...env, MCP_MESH_POD: "greeter-a-b", MCP_MESH_ZONE: "" });
    assert.deepEqual(
      { ...settings, registryUrl: settings?.registryUrl.href },
      {
        registryUrl: "http://registry:8000/",
        agentId: "greeter-a-b",
        name: "greeter",
        namespace: "default",
        httpHost: "127.0.0.1",
        httpPort: 8080,
        localPort: 8080,
        managementPort: 8081,
        podIp: undefined,
        zone: undefined,
        weight: 100,
        heartbeatMs: 5000,
        healthCheckMs: 2000,
        callTimeoutMs: 30_000,
        drainMs: 20_000,
        stateFolder: tmpdir(),
        config: {},
      },
    );
  });

  for (const [variable, value, says] of [
    ["MCP_MESH_AGENT_NAME", "", /is missing: it names the agent/],
    ["MCP_MESH_REGISTRY_URL", "registry", /is "registry", but must be a URL such as/],
    ["MCP_MESH_REGISTRY_URL", "ftp://registry", /is "ftp:.*but must be a URL/],
    ["MCP_MESH_CONFIG", "/nowhere/config.json", /names \/nowhere\/config\.json/],
    ["MCP_MESH_HTTP_PORT", "0", /is "0", but must be a whole number from 1 to 65535/],
    ["MCP_MESH_HEALTH_INTERVAL", "0", /is "0", but must be a number of seconds from 0.1/],
    ["MCP_MESH_HEALTH_INTERVAL", "5s", /is "5s", but must be a number of seconds/],
    ["MCP_MESH_WEIGHT", "101", /is "101", but must be a whole number from 0 to 100/],
    ["MCP_MESH_POD_IP", "pod", /is "pod", but must be an IP address/],
    ["MCP_MESH_LOG_LEVEL", "loud", /is "loud", but must be one of debug, info/],
    ["MCP_MESH_TLS_MODE", "strict", /is "strict", but the runtime leaves TLS.*service mesh/],
  ] as const) {
    it(`refuse ${variable}=${value} by its name, and say what would do`, () => {
      assert.throws(
        () => readSettings({ ...env, [variable]: value }),
        ({ message }: Error) => message.startsWith(variable) && says.test(message),
      );
    });
  }

  it("tell variables that nobody understands from those that Kubernetes makes for a Service", () => {
    const others = ["MCP_MESH_REGISTRY_SERVICE_HOST", "MCP_MESH_UI_PORT_3080_TCP_ADDR", "PATH"];
    const env = Object.fromEntries(
      [...UNDERSTOOD, ...others, "MCP_MESH_REGISTY_URL"].map((n) => [n, "1"]),
    );
    assert.deepEqual(notUnderstood(env), ["MCP_MESH_REGISTY_URL"]);
  });

  it("stand in the README, each of them and no other", () => {
    const readme = readFileSync(join(projectRoot, "packages/mcp-mesh/README.md"), "utf8");
    const [, table = ""] = /## Variables\n([\s\S]*?)\n### /.exec(readme) ?? [];
    const named = [...table.matchAll(/^\| `(MCP_MESH_\w+)`/gm)].map(([, name]) => name);
    assert.deepEqual(named.toSorted(), UNDERSTOOD);
  });
});
