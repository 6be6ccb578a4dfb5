import assert from "node:assert/strict";
import { alive, hello } from "#test/conformance/support/alive";
import { ask } from "#test/conformance/support/ask";
import { Agent } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const script = "examples/reference/src/agent.ts";
const SERVICE = "reference.mcp-mesh.svc";

/** Starts the reference agent, asks it, and stops it. */
async function withAgent(
  env: NodeJS.ProcessEnv,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const agent = await Agent.start({ runtime: false, script, env });
  const url = `http://127.0.0.1:${agent.port}/mcp`;
  try {
    await eventually("the agent's answer", 20, () => alive(url));
    await use(url);
  } finally {
    await agent.stop();
  }
}

describe("the names that the reference agent answers to", function () {
  this.timeout(30_000);

  it("are its Service's and the local ones, where it is told its Service's", () =>
    withAgent(
      { HOST: "0.0.0.0", ALLOWED_HOSTS: `reference, ${SERVICE}, ${SERVICE}.cluster.local` },
      async (url) => {
        const names = ["reference", SERVICE, `${SERVICE}.cluster.local`, "localhost", "127.0.0.1"];
        for (const name of names) assert.equal(await hello(url, `${name}:8080`), 200, name);
        for (const name of ["evil.example.com", "other.mcp-mesh.svc", `${SERVICE}.example.com`]) {
          assert.equal(await hello(url, name), 403, name);
        }
      },
    ));

  it("are the local ones alone, on loopback", () =>
    withAgent({}, async (url) => {
      assert.equal(await hello(url, "localhost"), 200);
      assert.equal(await hello(url, `${SERVICE}:8080`), 403);
    }));

  it("are all of them, on every address without a name", () =>
    withAgent({ HOST: "0.0.0.0" }, async (url) => {
      assert.equal(await hello(url, `${SERVICE}:8080`), 200);
    }));

  it("are also the origins of the pages that may ask it", () =>
    withAgent({ ALLOWED_HOSTS: SERVICE }, async (url) => {
      const from = async (origin: string) => (await ask(url, "GET", { origin })).status;
      assert.equal(await from("http://evil.example.com"), 403);
      // Passed on, and refused for being no request of MCP.
      assert.equal(await from(`http://${SERVICE}`), 405);
    }));
});
