import { UserError } from "#local/engine/errors";
import type { OperateCommand } from "#operate/command";
import { asFlag, databaseAndCopy } from "#operate/commands/restore";
import { removeCopy, targetOfCopy, VOLUME } from "#operate/copy";
import type { Database } from "#operate/database";
import { forgetRestore, joinArchive } from "#operate/history";
import { handOver, keep, volumeOf } from "#operate/volumes";

export const restoreSwap: OperateCommand = {
  name: "restore-swap",
  what: "let a restored copy take the place of the database",
  flags: [asFlag],
  plan(target, given) {
    const { cluster } = target;
    const { database, copy } = databaseAndCopy(target, given);
    const noted = async (which: Database) => (await which.find())?.metadata.annotations?.[VOLUME];
    const swapped = async () => {
      const volume = await noted(copy);
      return volume !== undefined && (await volumeOf(cluster, database.claim)) === volume;
    };
    const keptClaim = (volume: string) => `data-${database.name}-kept-${volume.slice(-8)}`;
    return {
      name: "restore-swap",
      what: `gives the volume of ${copy.name} to ${database.name}, and takes a full backup of it`,
      safe: `both are stopped before any volume changes hands, so nobody writes to the wrong one. The old volume is kept under a claim of its own, data-${database.name}-kept-…, until you delete that. Nobody may run "up" meanwhile: it would start the server again.`,
      rto: "a minute or two in which nobody is answered: two stops and a start. The full backup comes after it.",
      rpo: `what ${database.name} has and ${copy.name} lacks: all that was written after the time of the copy. It stays on the old volume.`,
      async refusals() {
        const { spec } = await database.statefulSet();
        const reasons = await database.standsBack(target.flags);
        if ((await targetOfCopy(copy)) === undefined) {
          reasons.push(
            `there is no copy ${copy.name}: make it first (operate restore ${target.flags}).`,
          );
        } else if (!(await noted(copy)) && !(await copy.takesWrites())) {
          reasons.push(
            `${copy.name} takes no writes yet: run the same operate restore again, and wait for its end.`,
          );
        }
        if (spec.persistentVolumeClaimRetentionPolicy?.whenScaled === "Delete") {
          reasons.push(
            'stopping it would delete its claim: set storage.retention.whenScaled to "Retain".',
          );
        }
        if (!spec.volumeClaimTemplates?.length) {
          reasons.push(
            "its claim is named by storage.existingClaim: name the copy's there instead.",
          );
        }
        const standby = await cluster.get("statefulset", `${database.name}-standby`);
        if (standby && standby.spec.replicas > 0) {
          reasons.push(
            `its standbys are ahead of the copy and can't follow it: kubectl scale statefulset ${database.name}-standby --replicas=0, and make them anew afterwards (operate rebuild).`,
          );
        }
        return reasons;
      },
      steps: [
        forgetRestore(copy),
        {
          title: "Note both volumes, and keep them whatever becomes of their claims",
          done: async () => Boolean((await noted(copy)) && (await noted(database))),
          async run() {
            for (const one of [database, copy]) {
              const volume = await volumeOf(cluster, one.claim);
              if (volume === undefined)
                throw new UserError(`the claim ${one.claim} has no volume.`);
              await keep(cluster, volume);
              await annotate(one, `${VOLUME}=${volume}`);
            }
          },
        },
        { title: `Stop ${copy.name}`, done: () => copy.isStopped(), run: () => copy.stop() },
        {
          title: `Stop ${database.name}; from now on nobody is answered`,
          done: async () => (await swapped()) || (await database.isStopped()),
          run: () => database.stop(),
        },
        {
          title: `Keep the old volume under a claim of its own`,
          async done() {
            const volume = (await noted(database)) ?? "";
            return (await volumeOf(cluster, keptClaim(volume))) === volume;
          },
          async run() {
            const volume = (await noted(database)) ?? "";
            await handOver(cluster, volume, database.claim, { name: keptClaim(volume) });
          },
        },
        {
          title: `Give the volume of ${copy.name} to ${database.name}`,
          done: swapped,
          async run() {
            const { spec } = await database.statefulSet();
            const { labels } = spec.volumeClaimTemplates[0].metadata;
            const volume = (await noted(copy)) ?? "";
            await handOver(cluster, volume, copy.claim, { name: database.claim, labels });
          },
        },
        {
          title: `Start ${database.name}`,
          done: () => database.takesWrites(),
          run: () => database.start(),
        },
        joinArchive(database),
        {
          title: `Remove what is left of ${copy.name}`,
          done: async () => !(await noted(database)) && !(await copy.find()),
          async run() {
            await annotate(database, `${VOLUME}-`);
            await removeCopy(copy);
          },
        },
      ],
    };
  },
};

async function annotate({ cluster, name }: Database, annotation: string): Promise<void> {
  await cluster.kubectl(["annotate", "statefulset", name, "--overwrite", annotation]);
}
