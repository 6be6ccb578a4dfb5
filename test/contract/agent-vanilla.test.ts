import assert from "node:assert/strict";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { Agent } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { run } from "#test/support/project";

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
  it("is the SDKs, zod and mcp-mesh-types alone in the examples, or the lint refuses it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-lint-"));
    const refused = async (name: string) => {
      const file = join(folder, "examples/sample/src/agent.ts");
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `import "${name}";\n`);
      cpSync(join(projectRoot, "biome.json"), join(folder, "biome.json"));
      const biome = join(projectRoot, "node_modules/.bin/biome");
      const { code, text } = await run(biome, ["lint", "--vcs-enabled=false"], { cwd: folder });
      assert.ok(code === 0 || text.includes("A sample imports the MCP SDK, zod, node:"), text);
      return code !== 0;
    };
    const sdks = ["@modelcontextprotocol/sdk/server/mcp.js", "@modelcontextprotocol/server"];
    for (const name of [...sdks, "zod", "mcp-mesh-types", "node:fs/promises", "./clock.ts"]) {
      assert.ok(!(await refused(name)), name);
    }
    const runtime = ["mcp-mesh", "mcp-mesh/register", "../../../packages/mcp-mesh/src/index.ts"];
    for (const name of [...runtime, "#config/hash", "express"]) {
      assert.ok(await refused(name), name);
    }
    rmSync(folder, { recursive: true });
  });

  it("is the SDK alone in mcp-mesh-types", () => {
    const allowed = /imports (?:\.\/.*|@modelcontextprotocol\/sdk\/.*)$/;
    assert.deepEqual(
      imports("packages/mcp-mesh-types/**/*.ts").filter((line) => !allowed.test(line)),
      [],
    );
  });
});
