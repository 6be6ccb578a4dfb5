import { UserError } from "#local/engine/errors";
import type { Cluster } from "#operate/cluster";
import type { OperateCommand } from "#operate/command";
import { repositoryClaim } from "#operate/copy";
import { Database } from "#operate/database";
import { isReady } from "#operate/nodes";
import { keep, nodeOf, volumeOf } from "#operate/volumes";

/** Annotates the StatefulSet with the lost volume, from the beginning to the end. */
const LOST = "mcp-mesh.dev/lost-volume";

export const lostVolume: OperateCommand = {
  name: "lost-volume",
  what: "give the database a new volume, filled from its backups, in place of a lost one",
  plan(target) {
    const { cluster } = target;
    const database = new Database(cluster, target.release);
    const { claim, name } = database;
    const lost = async () => (await database.statefulSet()).metadata.annotations?.[LOST];
    const annotate = (annotation: string) =>
      cluster.kubectl(["annotate", "statefulset", name, "--overwrite", annotation]);
    const hasAnother = async () => {
      const now = await cluster.get("pvc", claim);
      return now !== undefined && now.spec.volumeName !== (await lost());
    };
    return {
      name: "lost-volume",
      what: `lets go of the volume behind ${claim}; the pod that comes restores the newest backup and all that was archived since`,
      safe: `it is refused while ${name} takes writes, while a standby has the data, and where there are no backups. The volume, if it is there after all, is kept: only its claim goes.`,
      rto: "some seconds to begin, then as long as copying the data and replaying the changes since the backup takes; docs/recovery.md has measured figures.",
      rpo: "what was not archived yet: at most the last minute.",
      async refusals() {
        const { spec } = await database.statefulSet();
        if (await lost()) return []; // It has begun; it may be that only its end is missing.
        const reasons = await database.standsBack(target.flags);
        if (await database.takesWrites()) {
          reasons.push(
            `${name} takes writes, so its volume is there; to go back in time: operate restore ${target.flags}.`,
          );
        }
        if (!spec.volumeClaimTemplates?.length) {
          reasons.push(
            "its claim is named by storage.existingClaim: nobody would make another; name a new one there.",
          );
        }
        const backups = await repositoryClaim(database);
        const repository = await cluster.get("pvc", backups);
        if (repository?.status?.phase !== "Bound") {
          reasons.push(
            `the claim ${backups} is not bound: without it there is nothing to restore.`,
          );
        }
        const standby = await cluster.get("statefulset", `${name}-standby`);
        if (standby?.status?.readyReplicas > 0) {
          reasons.push(
            `a standby has all the data: operate promote ${target.flags} --to standby loses less.`,
          );
        }
        return [...reasons, ...(await unreachable(cluster, repository?.spec.volumeName))];
      },
      steps: [
        {
          title: "Note the lost volume, and keep what there may be of it",
          done: async () => (await lost()) !== undefined,
          async run() {
            const volume = await volumeOf(cluster, claim);
            if (volume && (await cluster.get("pv", volume))) await keep(cluster, volume);
            await annotate(`${LOST}=${volume ?? "none"}`);
          },
        },
        {
          title: `Stop ${name}`,
          done: async () => (await hasAnother()) || (await database.isStopped()),
          run: () => database.stop(),
        },
        {
          title: `Delete the claim ${claim}`,
          done: async () => (await hasAnother()) || !(await cluster.get("pvc", claim)),
          async run() {
            await cluster.kubectl(["delete", "pvc", claim, "--timeout=300s"]);
          },
        },
        {
          title: `Start ${name}, which restores its backups`,
          done: () => database.takesWrites(),
          run: () => database.start(),
        },
        {
          title: "See that it has restored, and was not set up anew",
          done: async () => (await lost()) === undefined,
          async run() {
            if (!(await wasRestored(database))) {
              throw new UserError(
                `${name} has no sign of a restore, so the repository was empty. The lost volume was ${await lost()}.`,
              );
            }
            await annotate(`${LOST}-`);
          },
        },
      ],
    };
  },
};

/** Whether the server's data came out of a repository, which leaves its settings behind. */
async function wasRestored({ cluster, pod }: Database): Promise<boolean> {
  const statement = "SELECT count(*) FROM pg_file_settings WHERE name = 'restore_command'";
  return (await cluster.sql(pod, statement)) !== "0";
}

/** Whether the backups are on a node alone that is not there. */
async function unreachable(cluster: Cluster, volume: string | undefined): Promise<string[]> {
  const node = volume && (await nodeOf(cluster, volume));
  if (!node || (await isReady(cluster, node))) return [];
  return [
    `the volume with the backups is on the node ${node} alone, which is not ready: bring it back first.`,
  ];
}
