import type { DatabaseConfig } from "./config.ts";
import { APPLICATION_NAME, type Query } from "./database.ts";
import type { Log } from "./log.ts";
import { withSchema } from "./migrations.ts";
import { makeRestorePoint } from "./restore-point.ts";

/** It may not be done now; nothing was changed. */
export class RollbackError extends Error {}

/** What a person looks at before they go back. */
export interface Schema {
  applied: Applied[];
  /** The newest version that a connected replica needs; 0 if none is connected. */
  needed: number;
}

interface Applied {
  version: number;
  name: string;
  /** Whether there is a way down. */
  reversible: boolean;
  /** What the way down loses. */
  loses: string | null;
  /** Where a restore can go back to. */
  restorePoint: string | null;
}

/** Replicas of the release before this said no version: they need 2. */
const NEEDED = `SELECT coalesce(max(coalesce(
    substring(application_name FROM '/([0-9]+)$')::integer, 2)), 0) AS needed
  FROM pg_stat_activity
  WHERE datname = current_database() AND application_name ~ '^${APPLICATION_NAME}(/[0-9]+)?$'`;

async function read(query: Query): Promise<Schema> {
  const { rows } = await query<Applied>(
    `SELECT version, name, down IS NOT NULL AS reversible, loses,
       restore_point AS "restorePoint" FROM schema_migrations ORDER BY version`,
  );
  const needed = await query<{ needed: number }>(NEEDED);
  return { applied: rows, needed: needed.rows[0]?.needed ?? 0 };
}

/** Which migrations the database has had, and which of them are in use. */
export function readSchema(config: DatabaseConfig, log: Log): Promise<Schema> {
  return withSchema(config, log, read);
}

/**
 * Takes the schema back to a version, by the ways down that were stored when it went up. Throws a
 * RollbackError where one is missing, or where a replica that needs more is connected.
 */
export function rollback(config: DatabaseConfig, to: number, log: Log): Promise<number> {
  return withSchema(config, log, async (query) => {
    const { applied, needed } = await read(query);
    const undone = applied.filter(({ version }) => version > to).toReversed();
    if (undone.length === 0) return applied.at(-1)?.version ?? 0;
    const lasting = undone.find(({ reversible }) => !reversible);
    if (lasting) {
      throw new RollbackError(
        `version ${lasting.version} has no way down: start the release that made it once more, which stores it, or restore to its restore point`,
      );
    }
    if (needed > to) {
      throw new RollbackError(
        `a replica is connected that needs version ${needed}: deploy a release that needs ${to} at most, and try again once the others are gone`,
      );
    }
    await makeRestorePoint(query, `rollback-to-${to}`, log);
    for (const { version, name } of undone) await undo(query, version, name, log);
    return to;
  });
}

async function undo(query: Query, version: number, name: string, log: Log): Promise<void> {
  const { rows } = await query<{ down: string }>(
    "SELECT down FROM schema_migrations WHERE version = $1",
    [version],
  );
  await query("BEGIN");
  await query(rows[0]?.down ?? "");
  await query("DELETE FROM schema_migrations WHERE version = $1", [version]);
  await query("COMMIT");
  log.info("rolled back a migration", { version, name });
}
