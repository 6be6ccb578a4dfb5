import { z } from "zod";
import { UserError } from "#local/engine/errors";
import { type Given, type OperateCommand, textOf } from "#operate/command";
import { makeCopy, repositoryClaim, targetOfCopy } from "#operate/copy";
import { Database } from "#operate/database";
import type { Step } from "#operate/procedure";
import type { Target } from "#operate/target";

/** The flag of all commands about a copy. */
export const asFlag = {
  flags: "--as <name>",
  what: "what the copy is named by; the database's name and -restored, if left out",
};

/** The database, and the copy of it that is meant. */
export function databaseAndCopy({ cluster, release }: Target, given: Given) {
  const name = textOf(given, "as") ?? `${release}-restored`;
  if (name === release) throw new UserError("--as: the copy needs another name than the database.");
  return { database: new Database(cluster, release), copy: new Database(cluster, name) };
}

export const restore: OperateCommand = {
  name: "restore",
  what: "restore the backups, to a time if you like, into a copy beside the database",
  flags: [
    {
      flags: "--to <time>",
      what: "such as 2026-11-22T18:30:00Z; the newest there is, if left out",
    },
    asFlag,
  ],
  plan(target, given) {
    const { database, copy } = databaseAndCopy(target, given);
    const time = timeOf(given);
    const copyFlag = textOf(given, "as") ? ` --as ${copy.name}` : "";
    return {
      name: "restore",
      what: `restores the backups of ${database.name} ${time ? `as of ${time}` : "with all that was archived"} into ${copy.name}`,
      safe: `${database.name} goes on as it is: the copy has a volume of its own and only reads the backups, and no Service leads clients to it. Look into it, then let it take the place of ${database.name} (operate restore-swap ${target.flags}${copyFlag}) or remove it (operate restore-discard ${target.flags}${copyFlag}).`,
      rto: "some seconds to begin, then as long as copying the data and replaying the changes since the backup takes; docs/recovery.md has measured figures.",
      rpo: time
        ? `all that was written after ${time} is not in the copy.`
        : "nothing that was archived; each change is within a minute.",
      async refusals() {
        await database.statefulSet();
        const claim = await repositoryClaim(database);
        const there = await targetOfCopy(copy);
        const reasons = await database.standsBack(target.flags);
        const { accessModes } = (await target.cluster.get("pvc", claim))?.spec ?? {};
        if (!accessModes) reasons.push(`the claim ${claim}, with the backups, is gone.`);
        if (accessModes?.includes("ReadWriteOncePod")) {
          reasons.push(`the claim ${claim} is ReadWriteOncePod, so no copy can read it.`);
        }
        if (there !== undefined && there !== (time ?? "")) {
          reasons.push(
            `there is ${copy.name} already, ${there === "" ? "with the newest" : `as of ${there}`}: swap or discard it, or name another by --as.`,
          );
        }
        return [...reasons, ...(await outOfReach(database, time))];
      },
      steps: [
        archiveAll(database),
        {
          title: `Make ${copy.name}`,
          done: async () => (await copy.find()) !== undefined,
          run: () => makeCopy(database, copy.name, time),
        },
        {
          title: `Restore into ${copy.name}, until it takes writes`,
          done: () => copy.takesWrites(),
          run: () => copy.awaitWrites(),
        },
      ],
    };
  },
};

function timeOf(given: Given): string | undefined {
  const time = textOf(given, "to");
  if (time === undefined) return undefined;
  if (z.iso.datetime().safeParse(time).success) return time;
  throw new UserError(`--to: found ${time}; write it in UTC, such as 2026-11-22T18:30:00Z.`);
}

/** Whether the backups can lead to that time. Where no server answers, the restore itself will tell. */
async function outOfReach(database: Database, time: string | undefined): Promise<string[]> {
  if (time === undefined) return [];
  if (Date.parse(time) > Date.now()) return [`${time} is yet to come; the clock is in UTC.`];
  if (!(await database.takesWrites())) return [];
  const [oldest] = await database.backups();
  if (!oldest) return ["there is no backup yet: wait for the first one."];
  const first = new Date(oldest.timestamp.stop * 1000).toISOString();
  if (Date.parse(time) >= Date.parse(first)) return [];
  return [`the oldest backup ended at ${first}: no earlier time can be restored.`];
}

/** A time is reached only by a change after it, so there is one, and it is archived with the rest. */
function archiveAll(database: Database): Step {
  let segment: string | undefined;
  const ask = (statement: string) => database.cluster.sql(database.pod, statement);
  const archived = async () =>
    segment !== undefined &&
    (await ask("SELECT last_archived_wal FROM pg_stat_archiver")) >= segment;
  return {
    title: `Archive what ${database.name} has not archived yet`,
    done: async () => !(await database.takesWrites()) || archived(),
    async run() {
      await ask("SELECT pg_current_xact_id()");
      const last = await ask("SELECT pg_walfile_name(pg_switch_wal())");
      segment = last;
      await database.cluster.until(`${last} is archived`, 300, archived);
    },
  };
}
