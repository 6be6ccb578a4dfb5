import { kubectlPath } from "#local/engine/helm";
import { benchArchiving } from "#test/bench/data/archiving";
import { benchDrills } from "#test/bench/data/drills";
import { benchSpeed } from "#test/bench/data/speed";
import { onCluster } from "#test/bench/deploy";

/** What can be chosen of it, and what each is. */
export const dataParts = {
  drills: "each drill of test/data, with its RTO and RPO",
  speed: "backups, restores and the replay of the log, in MB/s",
  archiving: "what archiving costs writers: pgbench with it and without it, in turns",
};

const run: Record<keyof typeof dataParts, (rounds: number) => Promise<void>> = {
  drills: benchDrills,
  speed: benchSpeed,
  archiving: benchArchiving,
};

/**
 * Recovery, measured on the cluster that KUBECONFIG names, which must be on this machine, or else on
 * one of its own. Each part writes what it found to its place in docs/recovery.md.
 */
export const benchData = (rounds: number, parts: string[]): Promise<void> =>
  onCluster(async () => {
    process.env.TEST_KUBECONFIG = process.env.KUBECONFIG;
    process.env.TEST_KUBECTL = await kubectlPath();
    for (const [part, measure] of Object.entries(run)) {
      if (parts.length === 0 || parts.includes(part)) await measure(rounds);
    }
  });
