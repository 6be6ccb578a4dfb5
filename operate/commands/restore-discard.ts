import type { OperateCommand } from "#operate/command";
import { asFlag, databaseAndCopy } from "#operate/commands/restore";
import { removeCopy, targetOfCopy, VOLUME } from "#operate/copy";

export const restoreDiscard: OperateCommand = {
  name: "restore-discard",
  what: "remove a restored copy, with its volume",
  flags: [asFlag],
  plan(target, given) {
    const { database, copy } = databaseAndCopy(target, given);
    return {
      name: "restore-discard",
      what: `removes ${copy.name} and its volume`,
      safe: `it removes nothing but what operate restore has made; ${database.name} and its backups stay as they are.`,
      rto: "some seconds.",
      rpo: `what was written into ${copy.name}; the backups that it came from stay.`,
      async refusals() {
        const found = await copy.find();
        if (found && (await targetOfCopy(copy)) === undefined) {
          return [`${copy.name} was not restored from backups: name the copy by --as.`];
        }
        if (found?.metadata.annotations?.[VOLUME]) {
          return [
            `${copy.name} is taking the place of ${database.name}: end that first (operate restore-swap ${target.flags}).`,
          ];
        }
        return [];
      },
      steps: [
        {
          title: `Remove ${copy.name} and its volume`,
          done: async () => !(await copy.find()) && !(await target.cluster.get("pvc", copy.claim)),
          run: () => removeCopy(copy),
        },
      ],
    };
  },
};
