import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import {
  agentConfig,
  type CallOptions,
  DeadlineExceededError,
  DependencyUnavailableError,
  dependency,
  healthCheck,
  healthChecks,
  MeshError,
  type MeshRuntime,
  mesh,
  RUNTIME,
} from "mcp-mesh-types";
import { z } from "zod";
import { projectRoot } from "#local/setup/environment";

const globals = globalThis as { [RUNTIME]?: MeshRuntime };

/** Attaches a runtime that remembers what it was asked. */
function attach(config: Record<string, unknown> = {}) {
  const calls: { spec: object; args: object; options: CallOptions }[] = [];
  globals[RUNTIME] = {
    config,
    async call(spec, args, options) {
      calls.push({ spec, args, options });
      return { content: [], structuredContent: { celsius: 21 } };
    },
  };
  return calls;
}

describe("The types package", () => {
  afterEach(() => {
    delete globals[RUNTIME];
  });

  it("does nothing when it is imported", () => {
    const script = `
      const before = Reflect.ownKeys(globalThis).length;
      await import("mcp-mesh-types");
      const handles = process.getActiveResourcesInfo().filter((kind) => !/Pipe|TTY/.test(kind));
      console.log(JSON.stringify({ added: Reflect.ownKeys(globalThis).length - before, handles }));`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--input-type=module", "--eval", script],
      { cwd: projectRoot, encoding: "utf8" },
    );
    assert.deepEqual(JSON.parse(stdout || "{}"), { added: 0, handles: [] }, stderr);
  });

  it("adds metadata to a tool of the SDK, and nothing else", () => {
    const forecast = dependency({ capability: "forecast", version: "^1", timeoutMs: 500 });
    const tags = ["a", ["b", "c"]];
    const wished = { capability: "echo", tags, required: true };
    assert.deepEqual(mesh({ capability: "packing", dependencies: [forecast, wished] }), {
      _meta: {
        "mcp-mesh/tool": {
          capability: "packing",
          dependencies: [{ capability: "forecast", version: "^1" }, wished],
        },
      },
    });
  });

  it("hands a call to the attached runtime, with the call's own limits before the dependency's", async () => {
    const calls = attach();
    const forecast = dependency({ capability: "forecast", timeoutMs: 500 });
    const { signal } = new AbortController();
    await forecast({ city: "Bern" });
    await forecast({ city: "Bern" }, { timeoutMs: 20, signal });
    const call = { spec: { capability: "forecast" }, args: { city: "Bern" } };
    assert.deepEqual(calls, [
      { ...call, options: { timeoutMs: 500 } },
      { ...call, options: { timeoutMs: 20, signal } },
    ]);
  });

  it("says what is missing when a dependency is called without a mesh", async () => {
    await assert.rejects(dependency({ capability: "echo" })({}), (error) => {
      assert.ok(DependencyUnavailableError.is(error));
      assert.equal(error.capability, "echo");
      assert.match(error.message, /"echo" is unavailable: this process runs outside a mesh/);
      return true;
    });
  });

  it("tells its errors apart by their code, also those of another copy of it", () => {
    const unavailable = new DependencyUnavailableError("echo", "nobody offers it");
    const late = new DeadlineExceededError("echo", 50);
    assert.deepEqual([unavailable.code, late.code], ["unavailable", "deadline"]);
    assert.match(late.message, /"echo" did not answer within 50 ms/);
    assert.ok(MeshError.is(late) && DeadlineExceededError.is(late));
    assert.ok(!DependencyUnavailableError.is(late) && !DeadlineExceededError.is(unavailable));
    const foreign = Object.assign(new Error("away"), { code: "unavailable" });
    assert.ok(!MeshError.is(foreign), "a code alone is anybody's");
    Object.assign(foreign, { [Symbol.for("mcp-mesh.error")]: true });
    assert.ok(DependencyUnavailableError.is(foreign), "another copy's error");
  });

  it("keeps the agent's checks where every copy of it finds them, until they are taken away", () => {
    const check = () => {};
    const remove = healthCheck("disk", check);
    const symbol = Symbol.for("mcp-mesh.health-checks");
    const shared = (globalThis as { [symbol]?: Map<string, unknown> })[symbol];
    assert.equal(shared?.get("disk"), check);
    assert.throws(() => healthCheck("disk", () => {}), /a health check "disk" already: .*another/);
    remove();
    assert.equal(healthChecks().size, 0);
  });

  it("gives the configuration that the mesh delivered, and none without it", () => {
    assert.deepEqual(agentConfig(), {});
    attach({ greeting: "Good evening" });
    assert.equal(agentConfig<{ greeting: string }>().greeting, "Good evening");
  });
});

// What the compiler must accept and refuse; `tsc` runs in the suite `types`, and nothing here runs.
export async function compiles(): Promise<CallToolResult> {
  interface Forecast {
    celsius: number;
  }
  const forecast = dependency<{ city: string; days?: number }, Forecast>({
    capability: "forecast",
  });
  const { structuredContent, content, isError } = await forecast(
    { city: "Bern" },
    { timeoutMs: 9 },
  );
  const celsius: number | undefined = structuredContent?.celsius;
  // @ts-expect-error the result has no such member
  void structuredContent?.fahrenheit;
  // @ts-expect-error the argument is a string
  void forecast({ city: 3 });
  // @ts-expect-error the argument is needed
  void forecast({ days: 3 });
  // @ts-expect-error a dependency is known by its capability
  dependency({ version: "^1" });
  // @ts-expect-error misspelt options are refused
  dependency({ capability: "forecast", timeout: 3 });
  // @ts-expect-error a tool's metadata has a capability
  mesh({ tags: ["text"] });
  const fromConfig: string | undefined = agentConfig<{ greeting: string }>().greeting;

  const server = new McpServer({ name: "types", version: "1.0.0" });
  server.registerTool(
    "plain",
    {
      inputSchema: { city: z.string() },
      ...mesh({ capability: "plain", dependencies: [forecast] }),
    },
    // What another agent returned may be returned as it is, and the SDK's inference still works.
    async ({ city }) => forecast({ city: city.trim() }),
  );
  void [content, isError, celsius, fromConfig];
  return forecast({ city: "Bern" });
}
