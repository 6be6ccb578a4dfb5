import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { DatabaseConfig } from "./config.ts";
import { createClient, type Query } from "./database.ts";
import { type Log, reason } from "./log.ts";
import { makeRestorePoint } from "./restore-point.ts";
import { migrations, schemaVersion } from "./schema.ts";

/** Any number that nothing else in this database locks on. */
const MIGRATION_LOCK = 7_205_001;

/** The version of the schema that the database has; 0 for an empty one. */
export async function appliedVersion(query: Query): Promise<number> {
  const { rows } = await query<{ there: boolean }>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS there",
  );
  if (!rows[0]?.there) return 0;
  const latest = await query<{ version: number | null }>(
    "SELECT max(version) AS version FROM schema_migrations",
  );
  return latest.rows[0]?.version ?? 0;
}

/** The ways down are kept beside the versions: the program that goes down is older than they are. */
async function prepare(query: Query): Promise<void> {
  await query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  await query(`ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS down text,
    ADD COLUMN IF NOT EXISTS loses text, ADD COLUMN IF NOT EXISTS restore_point text`);
  for (const [index, { down, loses }] of migrations.entries()) {
    await query(
      `UPDATE schema_migrations SET down = $2, loses = $3
       WHERE version = $1 AND (down, loses) IS DISTINCT FROM ($2, $3)`,
      [index + 1, down, loses],
    );
  }
}

async function applyMissing(query: Query, log: Log): Promise<number> {
  const before = await appliedVersion(query);
  // Whoever starts with an empty database has nothing to go back to.
  const point =
    before > 0 && before < schemaVersion
      ? await makeRestorePoint(query, `migration-${before + 1}`, log)
      : undefined;
  for (const [index, { name, up, down, loses }] of migrations.entries()) {
    const version = index + 1;
    if (version <= before) continue;
    await query("BEGIN");
    await query(up);
    await query(
      `INSERT INTO schema_migrations (version, name, down, loses, restore_point)
       VALUES ($1, $2, $3, $4, $5)`,
      [version, name, down, loses, point],
    );
    await query("COMMIT");
    log.info("applied a migration", { version, name });
  }
  return Math.max(before, schemaVersion);
}

/**
 * Works on the schema by itself, with its bookkeeping in place. Waits for a database that is still
 * starting; throws the last error after `patienceMs`, or at once what `work` throws.
 */
export async function withSchema<T>(
  config: DatabaseConfig,
  log: Log,
  work: (query: Query) => Promise<T>,
  patienceMs = 60_000,
): Promise<T> {
  const client = await connect(config, log, patienceMs);
  const query: Query = (sql, values) => client.query(sql, values);
  try {
    await query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await prepare(query);
    return await work(query);
  } finally {
    // The session's end also releases the lock, and rolls back what was not committed.
    await client.end();
  }
}

async function connect(config: DatabaseConfig, log: Log, patienceMs: number): Promise<pg.Client> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const client = createClient(config);
    client.on("error", (error) =>
      log.warn("lost the database connection", { error: error.message }),
    );
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      log.info("waiting for the database", { error: reason(error) });
      await delay(1_000);
    }
  }
}

/** Brings the schema up to date, one process at a time; tells the version that it then has. */
export function migrate(config: DatabaseConfig, log: Log, patienceMs?: number): Promise<number> {
  return withSchema(config, log, (query) => applyMissing(query, log), patienceMs);
}
