import { pgbench, withReleases } from "#test/bench/data/releases";
import { publish, table } from "#test/bench/data/report";
import { median, say } from "#test/bench/measure";
import { archived, loseVolume } from "#test/data/drill";
import type { Databases } from "#test/data/support";
import { getObjects } from "#test/support/kubectl";

/** Of pgbench: about 15 MB each. */
const SCALE = 30;
/** A restore takes most of a minute. */
const MOST = 3;
const WRITTEN = "10";
const MB = 1e6;

interface Backup {
  info: { size: number; repository: { delta: number } };
}
interface Found {
  backup: number[];
  restore: number[];
  replay: number[];
  whole: number[];
}

/** How fast backups, restores and the replay of the log are: what the formula of an RTO wants. */
export const benchSpeed = (rounds: number): Promise<void> =>
  withReleases(async (databases) => {
    const found: Found = { backup: [], restore: [], replay: [], whole: [] };
    let size = 0;
    let stored = 0;
    for (let round = 0; round < Math.min(rounds, MOST); round++) {
      const started = performance.now();
      await databases.pgbackrest("--type=full", "backup");
      const seconds = (performance.now() - started) / 1000;
      const [stanza] = JSON.parse(await databases.pgbackrest("info", "--output=json"));
      const last: Backup = stanza.backup.at(-1);
      size = last.info.size / MB;
      stored = last.info.repository.delta / MB;
      found.backup.push(size / seconds);

      const before = await position(databases);
      await pgbench(databases, "postgres", "-T", WRITTEN, "-c", "4", "-N");
      const written = ((await position(databases)) - before) / MB;
      await archived(databases);
      found.whole.push(await loseVolume(databases));
      found.restore.push(size / (await restoring(databases)));
      found.replay.push(written / (await replaying(databases)));
      say(`  round ${round + 1}: ${size.toFixed(0)} MB, ${written.toFixed(0)} MB of log`);
    }
    const rate = (what: string, values: number[]) => [
      what,
      median(values).toFixed(0),
      `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`,
    ];
    publish("speed", [
      `A database of ${size.toFixed(0)} MB, ${stored.toFixed(0)} MB of it in the encrypted repository; rounds: ${found.backup.length}.`,
      "",
      ...table(
        ["what", "MB/s of the database", "from, to"],
        [
          rate("full backup", found.backup),
          rate("restore of the files", found.restore),
          rate("replay of the log from the archive", found.replay),
        ],
      ),
      "",
      `At these rates, 100 GB and 2 GB of log take ${(100_000 / median(found.restore) / 60 + 2000 / median(found.replay) / 60).toFixed(0)} minutes to restore and replay.`,
      "",
      `From the loss of pod and volume until writes are taken, ${median(found.whole).toFixed(0)} s (${Math.min(...found.whole).toFixed(0)} to ${Math.max(...found.whole).toFixed(0)}).`,
    ]);
  }, SCALE);

/** How many bytes of log there are. */
const position = async (databases: Databases) =>
  Number(await databases.sql("postgres", "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"));

/** How long the pod's first container, which restores the files, took. */
async function restoring(databases: Databases): Promise<number> {
  const [pod] = await getObjects("-n", databases.namespace, "pods", "postgres-0");
  const all = pod?.status?.initContainerStatuses as { name: string; state: State }[];
  const state = all.find(({ name }) => name === "restore")?.state.terminated;
  if (!state) throw new Error("postgres-0 has restored nothing");
  // Whole seconds: never less than one.
  return Math.max(1, (Date.parse(state.finishedAt) - Date.parse(state.startedAt)) / 1000);
}
interface State {
  terminated?: { startedAt: string; finishedAt: string };
}

/** How long the server replayed, as it says itself. */
async function replaying(databases: Databases): Promise<number> {
  const log = await databases.kubectl("logs", "postgres-0", "-c", "postgres");
  const [, seconds] = /redo done at .* elapsed: ([\d.]+) s/.exec(log) ?? [];
  if (!seconds) throw new Error(`the server does not say how long it replayed:\n${log}`);
  return Number(seconds);
}
