import { type Callable, callMany, processorTime } from "#test/bench/call-cost";
import { median, say, withInterval } from "#test/bench/measure";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const SERVER = "test/bench/call-server.ts";
const WARM_UP = 500;
const CALLS = 10;

interface Contender {
  name: string;
  agent: Agent;
  wall: number[];
  processor: number[];
}

/**
 * What the runtime costs an agent that is called: the same unmodified server with it and without it,
 * and once more without it, which shows how much two equal servers differ on this machine.
 */
export async function benchServerSide(rounds: number): Promise<void> {
  const registry = await new FakeRegistry().start();
  const contenders: Contender[] = [];
  const enter = async (name: string, runtime: boolean) => {
    const env = { MCP_MESH_REGISTRY_URL: registry.url, MCP_MESH_HEALTH_INTERVAL: "5" };
    const agent = await Agent.start({ runtime, script: SERVER, env: runtime ? env : {} });
    contenders.push({ name, agent, wall: [], processor: [] });
    await eventually(`the server ${name}`, 60, async () =>
      runtime ? (await agent.probe("/ready")) === 200 : answers(agent),
    );
  };
  try {
    await enter("without the runtime", false);
    await enter("another one without it", false);
    await enter("with the runtime", true);
    for (const { agent } of contenders) await callMany(agent, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const one of contenders.toSorted(() => Math.random() - 0.5)) {
        const before = processorTime(one.agent);
        one.wall.push(median(await callMany(one.agent, CALLS)));
        one.processor.push((processorTime(one.agent) - before) / CALLS);
      }
    }
    report(contenders, rounds);
  } finally {
    for (const { agent } of contenders) await agent.stop("SIGKILL");
    registry.stop();
  }
}

const answers = (agent: Callable) =>
  callMany(agent, 1).then(
    () => true,
    () => false,
  );

function report(contenders: Contender[], rounds: number): void {
  say(`\nthe side of who is called, ${rounds} rounds of ${CALLS} calls; what is more has the`);
  say("interval in which its median is with a confidence of 95 %");
  const [alone] = contenders;
  for (const [what, figure] of [
    ["call", "wall"],
    ["CPU", "processor"],
  ] as const) {
    for (const one of contenders) {
      const base = alone?.[figure] ?? [];
      const more = one[figure].map((value, round) => value - (base[round] ?? Number.NaN));
      const part = one[figure].map((value, round) => 100 * (value / (base[round] ?? 0) - 1));
      const sum =
        one === alone ? "" : `${withInterval(more).text} µs, ${withInterval(part).text} %`;
      const own = `${median(one[figure]).toFixed(0)} µs`;
      say(`  ${what.padEnd(6)}${one.name.padEnd(26)}${own.padStart(9)}   ${sum}`);
    }
  }
}
