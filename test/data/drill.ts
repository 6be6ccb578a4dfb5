import { appendFileSync } from "node:fs";
import type { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";

const amounts = { cpu: "1", memory: "256Mi", "ephemeral-storage": "256Mi" };

/** As small as a database gets that is backed up. */
export const small = {
  storage: { size: "1Gi" },
  maxConnections: 20,
  resources: { requests: { ...amounts, cpu: "100m" }, limits: amounts },
  backup: { size: "1Gi", encryptionSecret: "passphrase" },
};

/** What a drill measured, in seconds. */
export interface Figure {
  drill: string;
  /** From the loss, or the order to restore, until writes are taken again. */
  rto: number;
  /** How much of what was acknowledged before the loss is gone. */
  rpo: number;
}

/** Prints a drill's figures; the benchmark names a file to collect them in. */
export function measured(figure: Figure): void {
  const { drill, rto, rpo } = figure;
  console.log(`      ${drill}: RTO ${rto.toFixed(1)} s, RPO ${rpo.toFixed(1)} s`);
  const { MCP_MESH_FIGURES: file } = process.env;
  if (file) appendFileSync(file, `${JSON.stringify(figure)}\n`);
}

/** Waits for the first full backup, which comes by itself. */
export async function backedUp(databases: Databases): Promise<void> {
  await eventually("the first full backup", 300, async () =>
    /full backup/.test(await databases.pgbackrest("info")),
  );
}

/** Waits until all that is committed by now is in the repository. */
export async function archived(databases: Databases, release = "postgres"): Promise<string> {
  const segment = await databases.sql(release, "SELECT pg_walfile_name(pg_switch_wal())");
  await eventually(`${segment} is archived`, 120, async () => {
    const last = await databases.sql(release, "SELECT last_archived_wal FROM pg_stat_archiver");
    return last >= segment;
  });
  return segment;
}

/** Takes server, pod and volume away at once; gives the seconds until another one takes writes. */
export async function loseVolume(databases: Databases, release = "postgres"): Promise<number> {
  const pod = `${release}-0`;
  const old = (await databases.pod(release)).metadata.uid;
  const since = Date.now();
  await databases.killServer(release);
  await databases.kubectl("delete", "pvc", `data-${pod}`, "--wait=false");
  await databases.kubectl("delete", "pod", pod, "--force", "--grace-period=0");
  return databases.recovery(release, since, old);
}

/** Which of those rows are not in the table of what the writer was told is there. */
export async function lost(databases: Databases, acknowledged: number[]): Promise<number[]> {
  const rows = await databases.sql("postgres", "SELECT n FROM acknowledged");
  const kept = new Set(rows.split("\n").map(Number));
  return acknowledged.filter((n) => !kept.has(n));
}
