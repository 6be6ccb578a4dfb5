import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { panelQueries } from "#observability/dashboards/queries";
import { benchCallCost } from "#test/bench/call-cost";
import { median, say } from "#test/bench/measure";
import { benchDisk, bytes, kib, mib } from "#test/bench/observability-disk";
import { agentMetrics, Fleet, parseScrape } from "#test/bench/observability-fleet";
import { BenchPrometheus, type Figures, NAMESPACE } from "#test/bench/observability-prometheus";
import { monitoringTools } from "#test/observability/tools";
import { eventually } from "#test/support/eventually";

/** Prometheus in production scrapes every 15 s; the bench has less time, and asks more often. */
const IN_LIFE = 15;
const INTERVAL = 5;
const SECONDS = 120;
/** A round of calls takes a second. */
const CALL_ROUNDS = 4;
const SIZES = [100, 1000] as const;
/** As many points as a graph of an hour has, for it asks for none between two scrapes. */
const POINTS = 3600 / IN_LIFE;

/** What monitoring costs: time of a call, series, samples, memory, disk, rules and dashboards, at two sizes. */
export async function benchObservability(rounds: number): Promise<void> {
  // First, while nothing else is busy.
  await benchCallCost(rounds * CALL_ROUNDS);
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-bench-"));
  const { prometheus: program, promtool } = await monitoringTools();
  const scrape = await agentMetrics();
  const lines = parseScrape(scrape);
  const perAgent = lines.filter((line) => typeof line !== "string").length;
  say(`an agent: ${perAgent} series, ${kib(scrape.length)} a scrape`);
  const stack: Stack[] = [];
  try {
    for (const agents of SIZES) {
      const fleet = await new Fleet(lines).start();
      const home = join(folder, String(agents));
      const options = { program, folder: home, agents, fleet: fleet.port, interval: INTERVAL };
      stack.push({ agents, fleet, server: await BenchPrometheus.start(options) });
    }
    await benchFleets(stack, Math.min(rounds, 3));
    benchDisk(promtool, folder, lines, IN_LIFE);
  } finally {
    for (const { fleet, server } of stack) {
      await server.stop();
      fleet.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stack {
  agents: number;
  fleet: Fleet;
  server: BenchPrometheus;
}

async function benchFleets(stack: Stack[], rounds: number): Promise<void> {
  await eventually("two scrapes of every agent", 600, async () =>
    stack.every(({ agents, fleet }) => fleet.turns(agents) >= 2),
  );
  for (const { agents, server } of stack) {
    const up = await server.up();
    if (up !== agents) throw new Error(`Prometheus reads ${up} of ${agents} agents.`);
  }
  const before = await Promise.all(stack.map(({ server }) => server.figures()));
  await setTimeout(SECONDS * 1000);
  const after = await Promise.all(stack.map(({ server }) => server.figures()));
  const peaks = stack.map(({ server }) => server.peak());
  const rules = await Promise.all(stack.map(({ server }) => server.rules()));
  const dashboards = await benchQueries(stack, rounds);

  const delta = (index: number, name: keyof Figures) =>
    (after[index]?.[name] ?? 0) - (before[index]?.[name] ?? 0);
  const each = (value: (index: number) => number) => stack.map((_, index) => value(index));
  say(`\nscraped every ${INTERVAL} s for ${SECONDS} s, both at once; ${rules[0]?.count} rules`);
  say(`  ${"".padEnd(44)}${stack.map(({ agents }) => `${agents} agents`.padStart(14)).join("")}`);
  row(
    "series",
    each((at) => after[at]?.series ?? 0),
    count,
  );
  row(
    "samples/s as scraped here",
    each((at) => delta(at, "samples") / delta(at, "at")),
    count,
  );
  row(
    `samples/s scraped every ${IN_LIFE} s`,
    each((at) => (after[at]?.series ?? 0) / IN_LIFE),
    count,
  );
  row(
    "memory now",
    each((at) => after[at]?.memory ?? 0),
    mib,
  );
  row("memory at most", peaks, mib);
  row(
    "CPU, in cores",
    each((at) => delta(at, "cpuSeconds") / delta(at, "at")),
    decimal,
  );
  row(
    "CPU for 1,000 samples",
    each((at) => (delta(at, "cpuSeconds") / delta(at, "samples")) * 1000),
    ms,
  );
  row(
    "log on disk per sample",
    each((at) => (stack[at]?.server.log() ?? 0) / (after[at]?.samples ?? 1)),
    bytes,
  );
  row(
    "all rules once",
    rules.map(({ seconds }) => seconds),
    ms,
  );
  row("all queries of all dashboards once", dashboards, ms);
  row(
    "memory at most, dashboards open",
    stack.map(({ server }) => server.peak()),
    mib,
  );
  const [small, large] = [after[0], after.at(-1)];
  if (!small || !large) return;
  const bySeries = (large.memory - small.memory) / (large.series - small.series);
  say(`  memory per series, by the difference: ${kib(bySeries)}`);
}

/** The seconds for every panel's query once, in turns: the median of the rounds. */
async function benchQueries(stack: Stack[], rounds: number): Promise<number[]> {
  const chosen = { namespace: NAMESPACE, rateInterval: `${4 * INTERVAL}s` };
  const queries = panelQueries(chosen);
  const taken: number[][] = stack.map(() => []);
  const slowest = { seconds: 0, panel: "" };
  for (let round = 0; round < rounds; round++) {
    for (const [index, { server }] of stack.entries()) {
      let total = 0;
      for (const { dashboard, panel, expr } of queries) {
        const seconds = await server.range(expr, SECONDS, POINTS);
        total += seconds;
        if (seconds > slowest.seconds)
          Object.assign(slowest, { seconds, panel: `${dashboard}: ${panel}` });
      }
      taken[index]?.push(total);
    }
  }
  say(
    `\n${queries.length} queries of ${POINTS} points; the slowest took ${ms(slowest.seconds)}: ${slowest.panel}`,
  );
  return taken.map(median);
}

const count = (value: number) => Math.round(value).toLocaleString("en");
const decimal = (value: number) => value.toFixed(2);
const ms = (seconds: number) => `${(seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)} ms`;

/** A line of the table: a figure for each size, and how many times the smallest the largest is. */
function row(what: string, values: number[], shown: (value: number) => string): void {
  const cells = values.map((value) => shown(value).padStart(14)).join("");
  const ratio = (values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN);
  say(`  ${what.padEnd(44)}${cells}   × ${ratio.toFixed(2)}`);
}
