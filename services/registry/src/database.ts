import { readFile } from "node:fs/promises";
import type { Tracing } from "mcp-mesh/tracing";
import pg from "pg";
import { type DatabaseConfig, POOL_SIZE } from "./config.ts";
import type { Log } from "./log.ts";
import { schemaVersion } from "./schema.ts";
import { inQuerySpan } from "./spans.ts";
import { verified } from "./tls.ts";

/** PostgreSQL could not answer; the caller may try again. */
export class DatabaseError extends Error {
  constructor(cause: unknown) {
    super("database", { cause });
  }
}

export type Query = <Row extends pg.QueryResultRow>(
  sql: string,
  values?: unknown[],
) => Promise<pg.QueryResult<Row>>;

/** What connections are called in the database; those that serve, with the schema's version behind. */
export const APPLICATION_NAME = "mcp-mesh-registry";

export type Connections = Record<"idle" | "busy" | "waiting", number>;

function clientConfig({
  passwordFile,
  poolSize: _poolSize,
  tls,
  ...address
}: DatabaseConfig): pg.ClientConfig {
  return {
    ...address,
    password: async () => (await readFile(passwordFile, "utf8")).trim(),
    ssl: tls ? verified(address.host, tls.caFile) : false,
    application_name: `${APPLICATION_NAME}-migrate`,
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
  };
}

/** A client of its own, without limits on the time a statement takes: for migrations. */
export function createClient(config: DatabaseConfig): pg.Client {
  return new pg.Client(clientConfig(config));
}

/** A small pool of connections. Every error comes out as a DatabaseError. */
export class Database {
  readonly #pool: pg.Pool;
  /** Asks within a span where traces are wanted. */
  readonly #traced: <T>(sql: string, ask: () => Promise<T>) => Promise<T>;

  constructor(config: DatabaseConfig, log: Log, tracing?: Tracing) {
    this.#traced = (sql, ask) => (tracing ? inQuerySpan(tracing, config, sql, ask) : ask());
    this.#pool = new pg.Pool({
      ...clientConfig(config),
      // Whoever takes the schema back asks the database who needs it.
      application_name: `${APPLICATION_NAME}/${schemaVersion}`,
      max: config.poolSize ?? POOL_SIZE,
      statement_timeout: 5_000,
      // The server's limit does not help when the server is gone without a word.
      query_timeout: 6_000,
      idle_in_transaction_session_timeout: 10_000,
    });
    // The pool listens to idle connections only: one that breaks in use would end the process.
    this.#pool.on("connect", (client) => {
      client.on("error", ({ message }) =>
        log.warn("lost a database connection", { error: message }),
      );
    });
    this.#pool.on("error", () => {});
  }

  query: Query = async (sql, values) => {
    try {
      return await this.#traced(sql, () => this.#pool.query(sql, values));
    } catch (error) {
      throw new DatabaseError(error);
    }
  };

  /** Runs statements in one transaction, which an error rolls back. */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      const connected = client;
      const query: Query = (sql, values) => this.#traced(sql, () => connected.query(sql, values));
      await query("BEGIN");
      const result = await work(query);
      await query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      // Closing the connection rolls back, whatever state it is in.
      client?.release(true);
      throw new DatabaseError(error);
    }
  }

  /** How many connections do nothing, work, and are waited for. */
  connections(): Connections {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { idle: idleCount, busy: totalCount - idleCount, waiting: waitingCount };
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
