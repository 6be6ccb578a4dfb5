import { type Callable, callMany, processorTime } from "#test/bench/call-cost";
import { median, say, withInterval } from "#test/bench/measure";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const SERVER = "test/bench/call-server.ts";
/** Enough for V8 to have compiled what matters. */
const WARM_UP = 2000;
const BLOCKS = 25;
const CALLS = 20;

const contenders = [
  { name: "without the runtime", runtime: false },
  { name: "another one without it", runtime: false },
  { name: "with the runtime", runtime: true },
];

/** Of one process: the medians of its blocks, in µs. */
interface Found {
  wall: number;
  processor: number;
}

/**
 * What the runtime costs an agent that is called: the same unmodified server with it and without it,
 * and once more without it, which shows how much equal servers differ. Each time with new processes:
 * two of the same program differ by more, for as long as they live, than their calls do.
 */
export async function benchServerSide(times: number): Promise<void> {
  const registry = await new FakeRegistry().start();
  const found: Found[][] = [];
  try {
    for (let time = 0; time < times; time++) found.push(await once(registry.url));
  } finally {
    registry.stop();
  }
  say(
    `\nthe side of who is called, ${times} times three new processes, ${BLOCKS * CALLS} calls of`,
  );
  say("each by turns after a warm-up; what is more has the interval in which its median is with a");
  say("confidence of 95 %");
  for (const [what, figure] of [
    ["call", "wall"],
    ["CPU", "processor"],
  ] as const) {
    for (const [index, { name }] of contenders.entries()) {
      const values = found.map((processes) => processes[index]?.[figure] ?? Number.NaN);
      const base = found.map((processes) => processes[0]?.[figure] ?? Number.NaN);
      const more = values.map((value, time) => value - (base[time] ?? Number.NaN));
      const part = values.map((value, time) => 100 * (value / (base[time] ?? Number.NaN) - 1));
      const sum = index === 0 ? "" : `${withInterval(more).text} µs, ${withInterval(part).text} %`;
      const own = `${median(values).toFixed(0)} µs`;
      say(`  ${what.padEnd(6)}${name.padEnd(26)}${own.padStart(9)}   ${sum}`);
    }
  }
}

async function once(registryUrl: string): Promise<Found[]> {
  const mesh = { MCP_MESH_REGISTRY_URL: registryUrl, MCP_MESH_HEALTH_INTERVAL: "5" };
  const agents: Agent[] = [];
  try {
    for (const { runtime } of contenders) {
      agents.push(await Agent.start({ runtime, script: SERVER, env: runtime ? mesh : {} }));
    }
    for (const [index, agent] of agents.entries()) {
      await eventually("the servers", 60, async () =>
        contenders[index]?.runtime ? (await agent.probe("/ready")) === 200 : answers(agent),
      );
    }
    for (const agent of agents) await callMany(agent, WARM_UP);
    const blocks = agents.map(() => ({ wall: [] as number[], processor: [] as number[] }));
    for (let block = 0; block < BLOCKS; block++) {
      for (const [index, agent] of [...agents.entries()].toSorted(() => Math.random() - 0.5)) {
        const before = processorTime(agent);
        blocks[index]?.wall.push(median(await callMany(agent, CALLS)));
        blocks[index]?.processor.push((processorTime(agent) - before) / CALLS);
      }
    }
    return blocks.map(({ wall, processor }) => ({
      wall: median(wall),
      processor: median(processor),
    }));
  } finally {
    for (const agent of agents) await agent.stop("SIGKILL");
  }
}

const answers = (agent: Callable) =>
  callMany(agent, 1).then(
    () => true,
    () => false,
  );
