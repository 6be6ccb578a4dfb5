import { UserError } from "#local/engine/errors";
import { type OperateCommand, textOf } from "#operate/command";
import { type Backup, Database } from "#operate/database";

/** As pgBackRest tells of one, with the repository that has it. */
type Stored = Backup & { database: { "repo-key": number } };

const TYPES = ["incr", "diff", "full"];
/** Another one runs: there is one at a time. */
const LOCKED = /\[050\]/;
const HOURS = 6 * 3600;

export const backup: OperateCommand = {
  name: "backup",
  what: "take a backup now, to each repository: before an upgrade, say",
  flags: [{ flags: "--type <type>", what: "incr (the changes, if left out), diff or full" }],
  plan({ cluster, release }, given) {
    const database = new Database(cluster, release);
    const type = textOf(given, "type") ?? "incr";
    if (!TYPES.includes(type)) {
      throw new UserError(`--type: found ${type}; take one of ${TYPES.join(", ")}.`);
    }
    const inPod = (script: string) => cluster.exec(database.pod, "backup", ["sh", "-c", script]);
    let since: number | undefined;
    let wanted: number[] = [];
    return {
      name: "backup",
      what: `takes a backup (${type}) of ${release} to each of its repositories`,
      safe: "the database goes on meanwhile; it costs some of its disk's and network's time. What expires by the retention goes as after any backup.",
      rto: "nobody waits for it. A restore from it begins without the changes since the one before.",
      rpo: "nothing.",
      async refusals() {
        if (!(await database.volume("repository"))) {
          return [`${release} has no backups: set backup, and update it first.`];
        }
        if (await database.takesWrites()) return [];
        return [`${release} takes no writes: see docs/runbooks/PostgresDown.md.`];
      },
      steps: [
        {
          title: `Take a backup (${type}) to each repository`,
          async done() {
            // By the clock that backups are dated by. Each run takes one: older ones are no news.
            if (since === undefined) {
              const [now = "", ...repositories] = (await inPod('date +%s; echo "$REPOSITORIES"'))
                .trim()
                .split(/\s+/);
              since = Number(now);
              wanted = repositories.map(Number);
              return false;
            }
            const fresh = ((await database.backups()) as Stored[]).filter(
              ({ timestamp }) => timestamp.start >= (since ?? 0),
            );
            return wanted.every((one) => fresh.some((each) => each.database["repo-key"] === one));
          },
          async run() {
            for (const one of wanted) await take(database, one, type);
          },
        },
      ],
    };
  },
};

/** Waits for one that runs already; rejects with pgBackRest's words if its own fails. */
async function take(database: Database, repository: number, type: string): Promise<void> {
  let trouble: unknown;
  await database.cluster.until(`a backup to repository ${repository}`, HOURS, async () => {
    try {
      await database.pgbackrest(`--repo=${repository}`, `--type=${type}`, "backup");
    } catch (error) {
      if (LOCKED.test((error as Error).message)) throw error;
      trouble = error;
    }
    return true;
  });
  if (trouble) throw trouble;
}
