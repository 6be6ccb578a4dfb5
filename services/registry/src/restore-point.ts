import type { Query } from "./database.ts";
import { type Log, reason } from "./log.ts";

/** PostgreSQL takes no longer ones, and a restore is told the name by a person. */
const stamp = () => new Date().toISOString().replace(/[-:]|\.\d+/g, "");

/**
 * Names this moment in the write-ahead log, such as before-migration-2-at-20261123T091500Z, so that a
 * restore can go back to it exactly. The time makes it one of its kind, and finds the backup to begin
 * with. Undefined, after saying why, where the database can't: it belongs to whoever backs it up.
 */
export async function makeRestorePoint(
  query: Query,
  before: string,
  log: Log,
): Promise<string | undefined> {
  const name = `before-${before}-at-${stamp()}`;
  try {
    await query("SELECT pg_create_restore_point($1)", [name]);
  } catch (error) {
    log.warn("made no restore point: the database's keeper does not let its owner", {
      error: reason(error),
    });
    return undefined;
  }
  log.info("made a restore point", { name });
  return name;
}
