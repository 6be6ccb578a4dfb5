import { readdirSync, readFileSync } from "node:fs";
import { Agent as Connections, request } from "node:http";
import { watchingCost } from "#test/bench/call-watch";
import { median, say } from "#test/bench/measure";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { Collector } from "#test/support/otlp";

const SERVER = "test/bench/call-server.ts";
const WARM_UP = 300;
const CALLS = 100;

const CALL = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "echo", arguments: { message: "Hello, you!" } },
});

interface Contender {
  name: string;
  agent: Agent;
  /** For each round: the median time of a call, and the server's processor time for one, in µs. */
  wall: number[];
  processor: number[];
}

/**
 * What a tool call costs an unmodified SDK server over HTTP on this machine: by itself, with the
 * runtime (and its metrics), and with traces of none or all calls. The servers take turns, a few
 * hundred calls each, so that all have the same neighbours; each round gives its own ratios.
 */
export async function benchCallCost(rounds: number): Promise<void> {
  const registry = await new FakeRegistry().start();
  const collector = await new Collector().start();
  const mesh = { MCP_MESH_REGISTRY_URL: registry.url, MCP_MESH_HEALTH_INTERVAL: "5" };
  const traced = (ratio: string) => ({
    ...mesh,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: ratio,
  });
  const contenders: Contender[] = [];
  const enter = async (name: string, runtime: boolean, env: NodeJS.ProcessEnv) => {
    const agent = await Agent.start({ runtime, script: SERVER, env });
    contenders.push({ name, agent, wall: [], processor: [] });
    const ready = async () => (runtime ? (await agent.probe("/ready")) === 200 : answers(agent));
    await eventually(`the server ${name}`, 60, ready);
  };
  try {
    await enter("without the runtime", false, {});
    await enter("with metrics", true, mesh);
    await enter("and traces, none sampled", true, traced("0"));
    await enter("and traces, all sampled", true, traced("1"));
    for (const { agent } of contenders) await callMany(agent, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const one of contenders.toSorted(() => Math.random() - 0.5)) {
        const before = processorTime(one.agent);
        one.wall.push(median(await callMany(one.agent, CALLS)));
        one.processor.push((processorTime(one.agent) - before) / CALLS);
      }
    }
    report(contenders, rounds);
    say(`  watching a call takes ${watchingCost().toFixed(1)} µs of that by itself`);
  } finally {
    for (const { agent } of contenders) await agent.stop("SIGKILL");
    registry.stop();
    collector.stop();
  }
}

function report(contenders: Contender[], rounds: number): void {
  say(`\na tool call over HTTP on loopback, ${rounds} rounds of ${CALLS} calls, medians`);
  say(
    `  ${"".padEnd(28)}${"call".padStart(9)}${"more".padStart(18)}${"CPU".padStart(11)}${"more".padStart(18)}`,
  );
  const [alone] = contenders;
  for (const { name, wall, processor } of contenders) {
    const cells = [wall, processor].map((values, which) => {
      const base = which === 0 ? alone?.wall : alone?.processor;
      const more = values.map((value, round) => value - (base?.[round] ?? Number.NaN));
      const part = values.map((value, round) => value / (base?.[round] ?? Number.NaN) - 1);
      const sum = `${median(more).toFixed(0)} µs, ${(100 * median(part)).toFixed(1)} %`;
      return `${`${median(values).toFixed(0)} µs`.padStart(10)}${sum.padStart(18)}`;
    });
    say(`  ${name.padEnd(27)}${cells.join(" ")}`);
  }
}

/** What a call needs to know of a server. */
export type Callable = Pick<Agent, "port">;

/** The times of calls one after the other on one connection, in µs. */
export async function callMany(agent: Callable, count: number): Promise<number[]> {
  const connections = new Connections({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await call(agent, connections);
    times.push((performance.now() - started) * 1000);
  }
  connections.destroy();
  return times;
}

function call({ port }: Callable, agent?: Connections): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port, path: "/mcp", method: "POST", agent },
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": "2025-11-25",
          "content-length": CALL.length,
        },
      },
      (response) => {
        if (response.statusCode !== 200) reject(new Error(`it answered ${response.statusCode}`));
        response.resume().once("end", resolve);
      },
    );
    sent.once("error", reject).end(CALL);
  });
}

const answers = (agent: Callable) =>
  call(agent).then(
    () => true,
    () => false,
  );

/** The processor time of all threads of a server since its start, in µs: what Linux accounts. */
export function processorTime({ child: { pid } }: Agent): number {
  const threads = `/proc/${pid}/task`;
  const spent = readdirSync(threads).map((thread) =>
    Number(readFileSync(`${threads}/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return spent.reduce((sum, one) => sum + one, 0) / 1000;
}
