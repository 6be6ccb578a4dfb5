import type { Database } from "#operate/database";
import type { Step } from "#operate/procedure";

const SETTINGS = [
  "restore_command",
  "recovery_target_time",
  "recovery_target_action",
  "recovery_target_timeline",
];

/** Takes from a restored server the settings of its restore: they name backups that it may not have. */
export function forgetRestore(copy: Database): Step {
  const ask = (statement: string) => copy.cluster.sql(copy.pod, statement);
  const names = SETTINGS.map((name) => `'${name}'`).join(", ");
  const left = `SELECT count(*) FROM pg_file_settings WHERE name IN (${names})`;
  return {
    title: `Forget in ${copy.name} how it was restored`,
    done: async () => (await copy.isStopped()) || (await ask(left)) === "0",
    async run() {
      for (const name of SETTINGS) await ask(`ALTER SYSTEM RESET ${name}`);
    },
  };
}

/**
 * A restored server goes on in a timeline of its own. The archive must know where that began, or the
 * next restore would take the same number again; and no older backup leads into it, so it gets one.
 */
export function joinArchive(database: Database): Step {
  const { cluster, pod } = database;
  const timeline = () =>
    cluster.sql(
      pod,
      "SELECT upper(lpad(to_hex(timeline_id), 8, '0')) FROM pg_control_checkpoint()",
    );
  return {
    title: "Archive where its new timeline began, and take a full backup",
    async done() {
      if (!(await database.volume("repository"))) return true;
      const now = await timeline();
      const backups = await database.backups();
      return backups.some(({ type, archive }) => type === "full" && archive.start?.startsWith(now));
    },
    async run() {
      const history = `pg_wal/archive_status/${await timeline()}.history`;
      const script = `cd "$PGDATA" && { [ -e ${history}.done ] || touch ${history}.ready; }`;
      await cluster.exec(pod, "postgres", ["sh", "-c", script]);
      // The backups' own may just run: there is one at a time.
      await cluster.until("a full backup", 3600, async () => {
        await database.pgbackrest("--type=full", "backup");
        return true;
      });
    },
  };
}
