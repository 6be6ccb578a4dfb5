import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { Agent } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

describe("An agent outside a mesh", () => {
  let agent: Agent;

  afterEach(() => agent.stop("SIGKILL"));

  for (const runtime of [false, true]) {
    it(`serves plain MCP clients ${runtime ? "with an idle runtime" : "without a runtime"}`, async () => {
      agent = await Agent.start({ runtime });
      await eventually("a greeting", 15, async () => (await agent.greet("you")) === "Hello, you!");
      assert.equal(await agent.probe("/livez"), undefined, "there is no management port");
      assert.equal(agent.log.trim().split("\n").length, 1, agent.log);
      assert.equal(await agent.stop(), 0);
    });
  }
});

describe("What packages may import", () => {
  const imports = (pattern: string) => {
    const found = globSync(pattern, { cwd: projectRoot }).flatMap((file) => {
      const text = readFileSync(join(projectRoot, file), "utf8");
      return [...text.matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)].map(([, name]) => ({
        file,
        name,
      }));
    });
    assert.ok(found.length > 0, `${pattern} names no file with imports`);
    return found.map(({ file, name }) => `${file} imports ${name}`);
  };
  const own = String.raw`\.\.?/.*|node:.*|@modelcontextprotocol/sdk/.*`;

  it("is the SDK, zod and mcp-mesh-types alone in the examples", () => {
    const allowed = new RegExp(` imports (?:${own}|zod|mcp-mesh-types)$`);
    assert.deepEqual(
      imports("examples/**/*.ts").filter((line) => !allowed.test(line)),
      [],
    );
  });

  it("is the SDK alone in mcp-mesh-types", () => {
    const allowed = /imports (?:\.\/.*|@modelcontextprotocol\/sdk\/.*)$/;
    assert.deepEqual(
      imports("packages/mcp-mesh-types/**/*.ts").filter((line) => !allowed.test(line)),
      [],
    );
  });
});
