export interface Migration {
  name: string;
  up: string;
  /** Brings back what was before, with all data that it had room for. */
  down: string;
  /** What the way down loses: a person reads it before they go. */
  loses: string;
}

/**
 * The schema's history: version n is the n-th entry. Only ever append. Replicas of the version
 * before keep serving during a rollout, so an entry must leave what they use in place.
 */
export const migrations: readonly Migration[] = [
  {
    name: "agents",
    up: `
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
    down: "DROP TABLE mesh; DROP TABLE agents",
    loses: "all agents, until each registers again, which it does within its next two heartbeats",
  },
  {
    name: "placement",
    up: `
      ALTER TABLE agents ADD COLUMN placement jsonb, ADD COLUMN told text NOT NULL DEFAULT '';
      COMMENT ON COLUMN agents.placement IS
        'what callers need to choose a replica; holds for the digest that it names alone, because '
        'replicas of schema version 1 change the rest of the row without it';
      COMMENT ON COLUMN agents.told IS
        'hash of the wiring with its endpoints that the agent was last told; empty: see wiring';`,
    down: "ALTER TABLE agents DROP COLUMN placement, DROP COLUMN told",
    loses: "the zone, weight and address of each replica of an agent, until it registers again",
  },
];

/** The version of the schema that this program needs. */
export const schemaVersion = migrations.length;
