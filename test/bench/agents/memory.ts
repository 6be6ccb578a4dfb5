import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { callMany } from "#test/bench/call-cost";
import { say } from "#test/bench/measure";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const SERVER = "test/bench/call-server.ts";
const CALLER = "test/bench/agents/call-caller.ts";
const CALLS = 100_000;
const STEP = 20_000;
const PROBE = join(projectRoot, "test/bench/agents/memory-probe.mjs");
const PROBED = { NODE_OPTIONS: `--expose-gc --import=${PROBE}` };

interface Memory {
  rss: number;
  heapUsed: number;
}

/**
 * What processes have in use after 20,000 calls and after 100,000, garbage collected: an unmodified
 * server alone and with the runtime, and a caller through the runtime.
 */
export async function benchMemory(): Promise<void> {
  const registry = await new FakeRegistry().start();
  const mesh = { MCP_MESH_REGISTRY_URL: registry.url, MCP_MESH_HEALTH_INTERVAL: "5" };
  const agents: Agent[] = [];
  const start = async (runtime: boolean, script: string, env: NodeJS.ProcessEnv) => {
    const agent = await Agent.start({ runtime, script, env: { ...PROBED, ...env } });
    agents.push(agent);
    return agent;
  };
  try {
    const bare = await start(false, SERVER, {});
    const joined = await start(true, SERVER, mesh);
    const target = await start(false, SERVER, {});
    for (const agent of [bare, joined, target]) {
      await eventually("the servers", 60, async () => (await callMany(agent, 1)).length === 1);
    }
    const endpoint = `http://127.0.0.1:${target.port}`;
    const offer = {
      agent_id: "echo-1",
      capability: "echo",
      function_name: "echo",
      idempotent: true,
    };
    registry.wiring = { call: [{ ...offer, endpoint, status: "available" }] };
    const caller = await start(true, CALLER, {
      ...mesh,
      BENCH_URL: `${endpoint}/mcp`,
      BENCH_ROUNDS: String(CALLS / 100),
      BENCH_CALLS: "100",
      BENCH_WAYS: "mesh",
    });
    const [alone, runtime, calling] = await Promise.all([
      called(bare),
      called(joined),
      afterRounds(caller),
    ]);
    say(`\nmemory in use, garbage collected, after ${STEP} calls and after ${CALLS}`);
    row("a server without the runtime", alone);
    row("a server with the runtime", runtime);
    row("a caller through the runtime", calling);
  } finally {
    for (const agent of agents) await agent.stop("SIGKILL");
    registry.stop();
  }
}

/** Calls a server, and asks for its memory on the way. */
async function called(agent: Agent): Promise<Memory[]> {
  const found: Memory[] = [];
  for (let made = 0; made < CALLS; made += STEP) {
    await callMany(agent, STEP);
    found.push(await memoryOf(agent, found.length + 1));
  }
  return found;
}

/** Asks a caller for its memory each time that it has made so many calls. */
async function afterRounds(agent: Agent): Promise<Memory[]> {
  const found: Memory[] = [];
  for (let made = STEP; made <= CALLS; made += STEP) {
    const line = `{"bench":${made / 100 - 1},`;
    await eventually(`${made} calls`, 900, async () => agent.log.includes(line));
    found.push(await memoryOf(agent, found.length + 1));
  }
  return found;
}

async function memoryOf(agent: Agent, nth: number): Promise<Memory> {
  const lines = () => agent.log.split("\n").filter((line) => line.startsWith('{"memory":'));
  agent.child.kill("SIGUSR2");
  await eventually("what it has in use", 60, async () => lines().length >= nth);
  return JSON.parse(lines()[nth - 1] ?? "{}").memory;
}

function row(name: string, found: Memory[]): void {
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return;
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const heap = `heap ${mib(first.heapUsed)} → ${mib(last.heapUsed)} MiB`;
  const rss = `resident ${mib(first.rss)} → ${mib(last.rss)} MiB`;
  const more = (last.heapUsed - first.heapUsed) / (CALLS - STEP);
  say(
    `  ${name.padEnd(30)}${heap.padEnd(26)}${rss.padEnd(32)}${more.toFixed(1)} bytes of heap a call`,
  );
}
