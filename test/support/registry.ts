import assert from "node:assert/strict";
import type { DatabaseConfig } from "#services/registry/src/config";
import { createLog } from "#services/registry/src/log";
import { migrate } from "#services/registry/src/migrations";
import type { Registration, Wiring } from "#services/registry/src/protocol";
import { type Serving, serve } from "#services/registry/src/serve";
import { defaultTimers, type Timers } from "#services/registry/src/sweeper";

export const silent = createLog("registry", "error", () => {});

/** What a test writes of a registration; the registry fills in the rest. */
export interface AgentBody {
  agent_id: string;
  namespace?: string;
  http_host?: string;
  http_port?: number;
  tools: Record<string, unknown>[];
}

/** A tool that offers a capability of its own name. */
export function tool(capability: string, more: Record<string, unknown> = {}) {
  return { function_name: capability, capability, ...more };
}

/** An agent at http://ID:8080. */
export function agent(agent_id: string, ...tools: Record<string, unknown>[]): AgentBody {
  return { agent_id, http_host: agent_id, http_port: 8080, tools };
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

/** Talks to a registry as an agent does. */
export class Client {
  readonly url: string;

  constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  async send(method: string, path: string, body?: string): Promise<Reply> {
    const response = await fetch(this.url + path, { method, ...(body && { body }) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  post(body: unknown): Promise<Reply> {
    return this.send("POST", "/heartbeat", JSON.stringify(body));
  }

  /** Registers and returns the wiring. */
  async register(body: AgentBody): Promise<Wiring> {
    const { status, text } = await this.post(body);
    assert.equal(status, 200, text);
    return JSON.parse(text).dependencies_resolved;
  }

  /** The status of a short heartbeat. */
  async beat(id: string): Promise<number> {
    return (await this.send("HEAD", `/heartbeat/${id}`)).status;
  }

  async status(path: string): Promise<number> {
    return (await this.send("GET", path)).status;
  }

  /** The listed agents, by id. */
  async agents(query = ""): Promise<Record<string, Record<string, unknown>>> {
    const { status, text } = await this.send("GET", `/agents${query}`);
    assert.equal(status, 200, text);
    const { agents, count } = JSON.parse(text);
    assert.equal(agents.length, count);
    return Object.fromEntries(agents.map((one: { id: string }) => [one.id, one]));
  }
}

export interface ReplicaOptions {
  timers?: Partial<Timers>;
  declared?: Registration[];
  readOnly?: boolean;
}

/** A replica in this process, on a database whose schema is up to date. */
export async function startReplica(
  database: DatabaseConfig,
  { timers, declared = [], readOnly = false }: ReplicaOptions = {},
): Promise<Serving & { client: Client }> {
  await migrate(database, silent);
  const config = {
    host: "127.0.0.1",
    port: 0,
    logLevel: "error",
    drainSeconds: 0,
    readOnly,
    database,
    declared,
  } as const;
  const serving = await serve(config, silent, { ...defaultTimers, ...timers });
  return { ...serving, client: new Client(serving.port) };
}
