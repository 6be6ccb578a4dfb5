import type { Connections, Database, Query } from "./database.ts";
import type { digestsOf } from "./digests.ts";
import { type Generation, Generations, generationOf } from "./generations.ts";
import { appliedVersion } from "./migrations.ts";
import { joinPlacement, type Placement, splitPlacement } from "./placement.ts";
import type { Registration } from "./protocol.ts";
import { type Agent, buildMesh, type Mesh } from "./resolve.ts";
import { schemaVersion } from "./schema.ts";

export interface StoredAgent extends Agent {
  name: string;
  agent_type: string;
  runtime: string;
  version: string;
  description: string;
  status: "healthy" | "unhealthy";
  created_at: Date;
  last_seen: Date;
}

/** What a scrape asks for. */
export interface Counts {
  agents: Record<StoredAgent["status"], number>;
  dependencies: ReturnType<Generation["dependencies"]>;
}

const PROVIDER_COLUMNS =
  "agent_id, name, namespace, http_host, http_port, tools, digest, placement";

/** What is stored of an agent, as the registry answers with it. */
type Row<T> = T & { placement: Placement | null; digest: string };

/** Any number that nothing else in this database locks on. */
export const SWEEP_LOCK = 7_205_002;

/** Changes the mesh's generation; its row lock makes the numbers follow the order of the commits. */
async function bump(query: Query): Promise<number> {
  const { rows } = await query<{ generation: string }>(
    "UPDATE mesh SET generation = generation + 1 RETURNING generation",
  );
  return Number(rows[0]?.generation);
}

/** What the registry knows of agents, in PostgreSQL. Every method may throw a DatabaseError. */
export class Store {
  readonly #database: Database;
  readonly #declared: readonly Registration[];
  readonly #generations = new Generations(() => this.#read());

  constructor(database: Database, declared: readonly Registration[]) {
    this.#database = database;
    this.#declared = declared;
  }

  /** Throws a DatabaseError if there is no database; tells why the schema does not fit, if so. */
  async check(): Promise<string | undefined> {
    const version = await appliedVersion(this.#database.query);
    if (version >= schemaVersion) return undefined;
    return `the schema is at version ${version} and ${schemaVersion} is needed: run migrate`;
  }

  /** Saves a registration and its sign of life; `changed` if it differs from what was known. */
  register(agent: Registration): Promise<{ generation: number; changed: boolean }> {
    const { tools, digest, placement } = splitPlacement(agent);
    return this.#database.transaction(async (query) => {
      const known = await query<{ generation: string }>(
        `SELECT generation FROM agents, mesh
         WHERE agent_id = $1 AND digest = $2 AND placement IS NOT DISTINCT FROM $3
           AND status = 'healthy' FOR UPDATE OF agents`,
        [agent.agent_id, digest, placement],
      );
      if (known.rows[0]) {
        await query("UPDATE agents SET last_seen = clock_timestamp() WHERE agent_id = $1", [
          agent.agent_id,
        ]);
        return { generation: Number(known.rows[0].generation), changed: false };
      }
      await query(
        `INSERT INTO agents (agent_id, name, agent_type, runtime, version, description, namespace,
           http_host, http_port, tools, digest, placement, wiring, status, last_seen)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 'healthy',
           clock_timestamp())
         ON CONFLICT (agent_id) DO UPDATE SET name = $2, agent_type = $3, runtime = $4,
           version = $5, description = $6, namespace = $7, http_host = $8, http_port = $9,
           tools = $10, digest = $11, placement = $12, status = 'healthy',
           last_seen = clock_timestamp()`,
        [
          agent.agent_id,
          agent.name ?? agent.agent_id,
          agent.agent_type,
          agent.runtime,
          agent.version,
          agent.description.trim().slice(0, 256),
          agent.namespace,
          agent.http_host,
          agent.http_port,
          JSON.stringify(tools),
          digest,
          placement,
        ],
      );
      return { generation: await bump(query), changed: true };
    });
  }

  /** Remembers the fingerprints of the wiring that an agent was told. */
  async remember(agentId: string, { told, base }: ReturnType<typeof digestsOf>): Promise<void> {
    await this.#database.query(
      `UPDATE agents SET wiring = $2, told = $3
       WHERE agent_id = $1 AND (wiring <> $2 OR told <> $3)`,
      [agentId, base, told],
    );
  }

  /** Records a sign of life; undefined if the agent is unknown or unhealthy. */
  async beat(
    agentId: string,
  ): Promise<{ agent: Agent; told: string; generation: number } | undefined> {
    const { rows } = await this.#database.query<
      Row<Agent> & { wiring: string; told: string; generation: string }
    >(
      `UPDATE agents SET last_seen = clock_timestamp()
       WHERE agent_id = $1 AND status = 'healthy'
       RETURNING ${PROVIDER_COLUMNS}, wiring, told, (SELECT generation FROM mesh)`,
      [agentId],
    );
    const [row] = rows;
    if (!row) return undefined;
    const { told, wiring, generation } = row;
    return { agent: row, told: told || wiring, generation: Number(generation) };
  }

  /** Removes an agent; false if there was none. */
  remove(agentId: string): Promise<boolean> {
    return this.#database.transaction(async (query) => {
      const { rowCount } = await query("DELETE FROM agents WHERE agent_id = $1", [agentId]);
      if (rowCount === 0) return false;
      await bump(query);
      return true;
    });
  }

  /** All agents with the mesh that they form. Agents that are declared hide stored ones. */
  async list(): Promise<{ agents: StoredAgent[]; mesh: Mesh }> {
    const { rows } = await this.#database.query<Row<StoredAgent>>(
      `SELECT ${PROVIDER_COLUMNS}, agent_type, runtime, version, description, status,
         created_at, last_seen FROM agents ORDER BY agent_id`,
    );
    const agents = rows
      .filter(({ agent_id }) => !this.isDeclared(agent_id))
      .map((row) => joinPlacement<StoredAgent>(row));
    const healthy = agents.filter(({ status }) => status === "healthy");
    return { agents, mesh: buildMesh([...healthy, ...this.#declared]) };
  }

  isDeclared(agentId: string): boolean {
    return this.#declared.some(({ agent_id }) => agent_id === agentId);
  }

  /** The number of agents by status, and of what healthy and declared ones depend on by state. */
  async count(): Promise<Counts> {
    const { rows } = await this.#database.query<Record<"healthy" | "unhealthy" | "now", string>>(
      `SELECT count(*) FILTER (WHERE status = 'healthy') AS healthy,
         count(*) FILTER (WHERE status = 'unhealthy') AS unhealthy,
         (SELECT generation FROM mesh) AS now FROM agents`,
    );
    return {
      agents: { healthy: Number(rows[0]?.healthy), unhealthy: Number(rows[0]?.unhealthy) },
      dependencies: (await this.#generations.at(Number(rows[0]?.now))).dependencies(),
    };
  }

  connections(): Connections {
    return this.#database.connections();
  }

  /** The mesh of at least this generation. */
  async meshAt(generation: number): Promise<Mesh> {
    return (await this.#generations.at(generation)).mesh;
  }

  async #read(): Promise<Generation> {
    const { rows } = await this.#database.query<
      { generation: string } & (Row<Agent> | { agent_id: null })
    >(`SELECT generation, ${PROVIDER_COLUMNS} FROM mesh LEFT JOIN agents ON status = 'healthy'`);
    const stored = rows.filter(
      (row): row is (typeof rows)[number] & Row<Agent> =>
        row.agent_id !== null && !this.isDeclared(row.agent_id),
    );
    const agents = stored.map((row) => joinPlacement<Agent>(row));
    return generationOf(Number(rows[0]?.generation), [...agents, ...this.#declared]);
  }

  /**
   * Marks the silent as unhealthy and forgets those silent for long. Undefined if another replica
   * is doing it. A heartbeat that comes at the same time wins: the condition is checked again
   * on the row that it has written.
   */
  sweep(
    silentMs: number,
    forgetMs: number,
  ): Promise<{ lost: string[]; forgotten: number } | undefined> {
    return this.#database.transaction(async (query) => {
      const { rows } = await query<{ locked: boolean }>(
        "SELECT pg_try_advisory_xact_lock($1) AS locked",
        [SWEEP_LOCK],
      );
      if (!rows[0]?.locked) return undefined;
      const lost = await query<{ agent_id: string }>(
        `UPDATE agents SET status = 'unhealthy'
         WHERE status = 'healthy' AND last_seen < now() - $1 * interval '1 ms' RETURNING agent_id`,
        [silentMs],
      );
      const forgotten = await query(
        "DELETE FROM agents WHERE status = 'unhealthy' AND last_seen < now() - $1 * interval '1 ms'",
        [forgetMs],
      );
      if (lost.rows.length > 0) await bump(query);
      return {
        lost: lost.rows.map(({ agent_id }) => agent_id),
        forgotten: forgotten.rowCount ?? 0,
      };
    });
  }
}
