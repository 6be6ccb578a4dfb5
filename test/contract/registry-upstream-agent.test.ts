import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Serving } from "#services/registry/src/serve";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";
import { Postgres } from "#test/support/postgres";
import { type Client, startReplica } from "#test/support/registry";

const VERSION = "3.8.0";
const AGENTS = "test/fixtures/upstream-agent";
const execute = promisify(execFile);

/** A Python that has the upstream package, kept between runs; undefined if it cannot be had. */
async function upstreamPython(): Promise<string | undefined> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const venv = join(cache, "mcp-mesh", `upstream-agent-${VERSION}`);
  const python = join(venv, "bin/python");
  const works = () => execute(python, ["-c", "import fastmcp, mesh"], { timeout: 60_000 });
  try {
    await works();
    return python;
  } catch {
    // Not there yet, or an installation that was interrupted.
    rmSync(venv, { recursive: true, force: true });
  }
  try {
    await execute("python3", ["-m", "venv", venv], { timeout: 60_000 });
    const install = ["-m", "pip", "install", "--quiet", "--retries=1", `mcp-mesh==${VERSION}`];
    await execute(python, install, { timeout: 240_000 });
    await works();
    return python;
  } catch (error) {
    console.log(`    cannot install PyPI mcp-mesh ${VERSION}: ${String(error).split("\n")[0]}`);
    rmSync(venv, { recursive: true, force: true });
    return undefined;
  }
}

/** Calls a tool of an MCP server and returns its text. */
async function callTool(port: number, name: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name, arguments: {} },
    }),
  });
  const data = /^data: (.*)$/m.exec(await response.text())?.[1] ?? "{}";
  return JSON.parse(data).result.content[0].text;
}

describe("registry with unmodified upstream agents", function () {
  this.timeout(600_000);
  let postgres: Postgres | undefined;
  let replica: Serving & { client: Client };
  let client: Client;
  let python: string;
  let output = "";
  const agents: ChildProcess[] = [];

  before(async function () {
    const found = await upstreamPython();
    if (!found) return this.skip();
    python = found;
    postgres = await Postgres.start();
    if (!postgres) return this.skip();
    replica = await startReplica(await postgres.createDatabase());
    client = replica.client;
  });
  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(output.slice(-4_000));
  });
  after(async () => {
    for (const agent of agents) {
      if (agent.exitCode !== null || agent.signalCode !== null) continue;
      const exited = once(agent, "exit");
      agent.kill("SIGKILL");
      await exited;
    }
    await replica?.stop();
    await postgres?.remove();
  });

  function start(file: string, port: number): ChildProcess {
    const agent = spawn(python, [join(AGENTS, file)], {
      env: {
        PATH: process.env.PATH,
        MCP_MESH_REGISTRY_URL: client.url,
        MCP_MESH_HTTP_HOST: "127.0.0.1",
        MCP_MESH_HTTP_PORT: String(port),
      },
    });
    for (const stream of [agent.stdout, agent.stderr]) {
      stream?.on("data", (chunk) => {
        output += chunk;
      });
    }
    agents.push(agent);
    return agent;
  }

  /** The listed agent whose name this is. */
  async function listed(name: string) {
    return Object.values(await client.agents()).find((one) => one.name === name);
  }

  it("registers them, wires them, keeps them healthy, and lets them leave", async () => {
    const port = await freePort();
    const hello = start("hello.py", port);
    await eventually("hello registers", 120, () => listed("hello"));
    assert.equal((await listed("hello"))?.dependencies_resolved, 0);

    const clock = start("clock.py", await freePort());
    await eventually("clock registers", 120, () => listed("clock"));
    await eventually("hello calls clock", 30, async () => {
      return (await callTool(port, "hello")) === "nobody=False date=a fine day";
    });

    const first = (await listed("hello"))?.last_seen;
    await eventually("hello's next heartbeat", 15, async () => {
      return (await listed("hello"))?.last_seen !== first;
    });
    assert.equal((await listed("hello"))?.status, "healthy");

    clock.kill("SIGTERM");
    await eventually("clock leaves", 30, async () => (await listed("clock")) === undefined);
    await eventually("hello lets go of clock", 30, async () => {
      return (await callTool(port, "hello")) === "nobody=False date=None";
    });
    hello.kill("SIGTERM");
    await eventually("hello leaves", 30, async () => (await listed("hello")) === undefined);
  });
});
