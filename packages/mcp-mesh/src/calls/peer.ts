import { SdkHttpError } from "@modelcontextprotocol/client";
import { Connection } from "./connection.ts";
import type { Attempt } from "./peer-transport.ts";

/** How servers say that they don't know a session: with 404, as they should, or 400. */
const FORGOTTEN = new Set([404, 400]);

/** The MCP server at one endpoint, connected to when it is first called. */
export class Peer {
  readonly #endpoint: string;
  readonly #address: string | undefined;
  #connection: Connection | undefined;

  constructor(endpoint: string, address: string | undefined) {
    this.#endpoint = endpoint;
    this.#address = address;
  }

  /** Calls a tool; once more, on a new session, where the server has forgotten the old one. */
  async call(attempt: Attempt): Promise<object> {
    const start = performance.now();
    const connection = this.#connect();
    try {
      return await connection.call(attempt);
    } catch (error) {
      if (!connection.hasSession || !isForgotten(error)) throw error;
      this.#drop(connection);
      attempt.signal?.throwIfAborted();
      const timeoutMs = Math.max(1, attempt.timeoutMs - (performance.now() - start));
      return this.#connect().call({ ...attempt, timeoutMs });
    }
  }

  /** Leaves the connection to the calls under way; the next call begins with a new one. */
  disconnect(): void {
    if (this.#connection) this.#drop(this.#connection);
  }

  #connect(): Connection {
    if (this.#connection) return this.#connection;
    const drop = () => this.#drop(connection);
    const connection: Connection = new Connection(this.#endpoint, this.#address, drop);
    this.#connection = connection;
    return connection;
  }

  #drop(connection: Connection): void {
    if (this.#connection === connection) this.#connection = undefined;
    connection.retire();
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof SdkHttpError && FORGOTTEN.has(error.status);
}
