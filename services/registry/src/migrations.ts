import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { DatabaseConfig } from "./config.ts";
import { createClient, type Query } from "./database.ts";
import { type Log, reason } from "./log.ts";

interface Migration {
  name: string;
  sql: string;
}

/**
 * The schema's history: version n is the n-th entry. Only ever append. Replicas of the version
 * before keep serving during a rollout, so an entry must leave what they use in place.
 */
const migrations: readonly Migration[] = [
  {
    name: "agents",
    sql: `
      CREATE TABLE agents (
        agent_id text PRIMARY KEY,
        name text NOT NULL,
        agent_type text NOT NULL,
        runtime text NOT NULL,
        version text NOT NULL,
        description text NOT NULL,
        namespace text NOT NULL,
        http_host text NOT NULL,
        http_port integer NOT NULL,
        tools jsonb NOT NULL,
        digest text NOT NULL,
        wiring text NOT NULL,
        status text NOT NULL CHECK (status IN ('healthy', 'unhealthy')),
        created_at timestamptz NOT NULL DEFAULT now(),
        last_seen timestamptz NOT NULL
      ) WITH (fillfactor = 70);
      COMMENT ON TABLE agents IS
        'last_seen has no index and pages keep room: a heartbeat rewrites its row in place';
      COMMENT ON COLUMN agents.digest IS 'hash of the registration: another one changes the mesh';
      COMMENT ON COLUMN agents.wiring IS 'hash of the wiring that the agent was last told';

      CREATE TABLE mesh (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        generation bigint NOT NULL
      );
      COMMENT ON TABLE mesh IS
        'generation grows in the transaction of whatever can change a resolution';
      INSERT INTO mesh (generation) VALUES (1);`,
  },
  {
    name: "placement",
    sql: `
      ALTER TABLE agents ADD COLUMN placement jsonb, ADD COLUMN told text NOT NULL DEFAULT '';
      COMMENT ON COLUMN agents.placement IS
        'what callers need to choose a replica; holds for the digest that it names alone, because '
        'replicas of schema version 1 change the rest of the row without it';
      COMMENT ON COLUMN agents.told IS
        'hash of the wiring with its endpoints that the agent was last told; empty: see wiring';`,
  },
];

/** Any number that nothing else in this database locks on. */
const MIGRATION_LOCK = 7_205_001;

/** The version of the schema that this program needs. */
export const schemaVersion = migrations.length;

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

async function applyMissing(client: pg.Client, log: Log): Promise<number> {
  await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  const before = await appliedVersion((sql, values) => client.query(sql, values));
  for (const [index, { name, sql }] of migrations.entries()) {
    const version = index + 1;
    if (version <= before) continue;
    await client.query("BEGIN");
    await client.query(sql);
    await client.query("INSERT INTO schema_migrations (version, name) VALUES ($1, $2)", [
      version,
      name,
    ]);
    await client.query("COMMIT");
    log.info("applied a migration", { version, name });
  }
  return Math.max(before, schemaVersion);
}

/**
 * Brings the schema up to date, one process at a time, and waits for a database that is still
 * starting. Throws the last error after `patienceMs`, or at once if a migration itself fails.
 */
export async function migrate(
  config: DatabaseConfig,
  log: Log,
  patienceMs = 60_000,
): Promise<number> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const client = createClient(config);
    client.on("error", (error) =>
      log.warn("lost the database connection", { error: error.message }),
    );
    try {
      await client.connect();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      log.info("waiting for the database", { error: reason(error) });
      await delay(1_000);
      continue;
    }
    try {
      return await applyMissing(client, log);
    } finally {
      // The session's end also releases the lock.
      await client.end();
    }
  }
}
