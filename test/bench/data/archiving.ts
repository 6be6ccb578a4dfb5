import { large, pgbench, withReleases } from "#test/bench/data/releases";
import { publish, table } from "#test/bench/data/report";
import { median, say, withInterval } from "#test/bench/measure";
import type { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";

const SCALE = 10;
const SECONDS = 10;
/** Of pgbench; more than the machine has cores, so that the server is busy. */
const CLIENTS = "4";
const TARGET = 10;
/** So that the interval says something. */
const LEAST = 6;

interface Turn {
  tps: number;
  /** MB of log in a second. */
  log: number;
  /** What its container's processors worked for a transaction, the archiving included, in µs. */
  processor: number;
  /** Seconds until the archive had caught up. */
  behind: number;
}

/**
 * The throughput of pgbench's own writers with archiving and without it: two releases that differ in
 * nothing else take turns (A B, B A, …), and each round gives a ratio of its own.
 */
export const benchArchiving = (rounds: number): Promise<void> =>
  withReleases(async (databases) => {
    await databases.install("plain", large);
    await pgbench(databases, "plain", "-i", "-q", "-s", `${SCALE}`);
    for (const release of ["postgres", "plain"]) await turn(databases, release);
    const [archiving, plain]: [Turn[], Turn[]] = [[], []];
    for (let round = 0; round < Math.max(rounds, LEAST); round++) {
      const order = round % 2 === 0 ? ["postgres", "plain"] : ["plain", "postgres"];
      for (const release of order) {
        (release === "plain" ? plain : archiving).push(await turn(databases, release));
      }
      say(`  round ${round + 1}: ${archiving.at(-1)?.tps} with, ${plain.at(-1)?.tps} without`);
    }
    const slower = withInterval(
      archiving.map(({ tps }, at) => 100 * (1 - tps / (plain[at]?.tps ?? Number.NaN))),
    );
    const work = withInterval(
      archiving.map((one, at) => 100 * (one.processor / (plain[at]?.processor ?? 0) - 1)),
    );
    const of = (turns: Turn[], what: keyof Turn) => median(turns.map((one) => one[what]));
    const row = (name: string, turns: Turn[]) => [
      name,
      of(turns, "tps").toFixed(0),
      of(turns, "log").toFixed(1),
      of(turns, "processor").toFixed(0),
    ];
    publish("archiving", [
      `pgbench, scale ${SCALE}, ${CLIENTS} clients, ${plain.length} rounds of ${SECONDS} s in turns (A B, B A, …); medians.`,
      "",
      ...table(
        ["", "transactions/s", "MB/s of log", "processor for one, µs"],
        [row("with archiving", archiving), row("without it", plain)],
      ),
      "",
      `Round by round, with 95 % confidence, archiving costs ${slower.text} % of the throughput and ${work.text} % more of the processor for each transaction; the target is less than ${TARGET} %: ${verdict(slower)} in throughput, ${verdict(work)} in work. Where others keep the machine busy, the throughput is theirs more than ours, and the work is what to go by.`,
      "",
      `After a turn, the archive was behind for at most ${Math.max(...archiving.map(({ behind }) => behind)).toFixed(1)} s.`,
    ]);
  }, SCALE);

/** What the whole interval says; the middle of a wide one says nothing. */
function verdict({ low, high }: { low: number; high: number }): string {
  if (high < TARGET) return "met";
  return low > TARGET ? "NOT met" : "undecided (measure again, in more rounds or more quietly)";
}

async function turn(databases: Databases, release: string): Promise<Turn> {
  const sql = (statement: string) => databases.sql(release, statement);
  const position = async () => Number(await sql("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"));
  // Whole pages go to the log once after it: so has each turn its share of them.
  await sql("CHECKPOINT");
  const before = { log: await position(), processor: await processor(databases, release) };
  const flags = ["-n", "-T", `${SECONDS}`, "-c", CLIENTS, "-j", "2"];
  const told = await pgbench(databases, release, ...flags);
  const log = ((await position()) - before.log) / 1e6 / SECONDS;
  // What is still to be archived is this turn's work, and must not burden the other's.
  const behind = release === "postgres" ? await caughtUp(databases) : 0;
  const worked = (await processor(databases, release)) - before.processor;
  const [, done] = /transactions actually processed: (\d+)/.exec(told) ?? [];
  const [, tps] = /^tps = ([\d.]+)/m.exec(told) ?? [];
  if (!tps || !done) throw new Error(told);
  return { tps: Math.round(Number(tps)), log, processor: worked / Number(done), behind };
}

/** What the server's container has worked since its start, in µs: of either kind of control groups. */
async function processor(databases: Databases, release: string): Promise<number> {
  const script = `cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null ||
    sed -n 's/^usage_usec \\(.*\\)/\\1000/p' /sys/fs/cgroup/cpu.stat`;
  const exec = ["exec", `${release}-0`, "-c", "postgres", "--", "sh", "-c", script];
  return Number(await databases.kubectl(...exec)) / 1000;
}

/** Seconds until all whole segments are archived. */
async function caughtUp(databases: Databases): Promise<number> {
  const started = performance.now();
  const waiting = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'";
  await eventually("the archive has caught up", 300, async () => {
    return (await databases.sql("postgres", waiting)) === "0";
  });
  return (performance.now() - started) / 1000;
}
