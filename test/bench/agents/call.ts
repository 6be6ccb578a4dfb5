import { percentile, say, withInterval } from "#test/bench/measure";
import { Agent } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { startReplica } from "#test/support/registry";

const SERVER = "test/bench/call-server.ts";
const CALLER = "test/bench/agents/call-caller.ts";
const CALLS = 10;
/** Of the client's own call, and in µs. */
const TARGET = { part: 0.1, more: 1000 };

interface Round {
  bench: number | "done";
  times: Record<Way, number[]>;
  processor: Record<Way, number>;
}
type Way = "client" | "mesh";

/**
 * A call of another agent's tool through the runtime, wired by a real registry, against the same call
 * by a client of the SDK: in one process, to the same server, ten of each by turns.
 */
export async function benchMeshCall(rounds: number): Promise<void> {
  const postgres = await Postgres.start();
  if (!postgres) throw new Error("the registry needs PostgreSQL");
  const agents: Agent[] = [];
  const registry = await startReplica(await postgres.createDatabase());
  const start = async (name: string, script: string, env: NodeJS.ProcessEnv = {}) => {
    const mesh = { MCP_MESH_AGENT_NAME: name, MCP_MESH_POD: `${name}-1`, ...env };
    const where = { MCP_MESH_HTTP_HOST: "127.0.0.1", MCP_MESH_POD_IP: "127.0.0.1" };
    const settings = { MCP_MESH_REGISTRY_URL: registry.client.url, MCP_MESH_HEALTH_INTERVAL: "1" };
    const agent = await Agent.start({
      runtime: true,
      script,
      env: { ...settings, ...where, ...mesh },
    });
    agents.push(agent);
    return agent;
  };
  try {
    const server = await start("echo", SERVER);
    await eventually("the server", 60, async () => (await server.probe("/ready")) === 200);
    const caller = await start("caller", CALLER, {
      BENCH_URL: `http://127.0.0.1:${server.port}/mcp`,
      BENCH_ROUNDS: String(rounds),
      BENCH_CALLS: String(CALLS),
    });
    const ended = () => caller.log.includes('{"bench":"done"}');
    await eventually("the end of the calls", 120 + rounds, async () => ended());
    const lines = caller.log.split("\n").filter((line) => line.startsWith('{"bench":'));
    report(lines.map((line) => JSON.parse(line) as Round).filter(({ bench }) => bench !== "done"));
  } finally {
    for (const agent of agents) await agent.stop("SIGKILL");
    registry.stop();
    await postgres.remove();
  }
}

function report(rounds: Round[]): void {
  say(`\na call of another agent over HTTP on loopback, ${rounds.length} rounds of ${CALLS} calls`);
  say(`  ${"".padEnd(24)}${["p50", "p95", "p99", "CPU"].map((one) => one.padStart(10)).join("")}`);
  for (const [way, name] of [
    ["client", "the SDK's client"],
    ["mesh", "through the runtime"],
  ] as const) {
    const times = rounds.flatMap((round) => round.times[way]);
    const figures = [0.5, 0.95, 0.99].map((part) => percentile(times, part));
    figures.push(
      percentile(
        rounds.map(({ processor }) => processor[way]),
        0.5,
      ),
    );
    say(`  ${name.padEnd(24)}${figures.map((us) => `${us.toFixed(0)} µs`.padStart(10)).join("")}`);
  }
  const paired = (figure: (round: Round, way: Way) => number, name: string) => {
    const found = withInterval(
      rounds.map((round) => figure(round, "mesh") - figure(round, "client")),
    );
    const ratio = withInterval(
      rounds.map((round) => 100 * (figure(round, "mesh") / figure(round, "client") - 1)),
    );
    say(`  more, ${name.padEnd(18)}${found.text} µs, ${ratio.text} %`);
    return { found, ratio };
  };
  const middle = (round: Round, way: Way) => percentile(round.times[way], 0.5);
  const { found, ratio } = paired(middle, "p50 of a round");
  paired((round, way) => round.processor[way], "CPU of the caller");
  const met = ratio.median <= 100 * TARGET.part && found.median < TARGET.more;
  say(`  target: p50 within 10 %, and less than 1 ms more: ${met ? "met" : "NOT met"}`);
}
