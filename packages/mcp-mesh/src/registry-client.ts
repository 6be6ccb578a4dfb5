import { reason } from "./log.ts";
import type { Offer } from "./own-tools.ts";
import type { Settings } from "./settings.ts";

const DEADLINE_MS = 5_000;

/** What the registry takes an agent's weight for that says nothing. */
const FULL_WEIGHT = 100;

/** A dependency that the registry has wired to somebody's tool. */
export interface Resolved {
  agent_id: string;
  function_name: string;
  endpoint: string;
  capability: string;
  status: string;
  /** The replicas behind the endpoint; MCP Mesh's own registry tells neither this nor the next. */
  endpoints?: { agent_id: string; pod_ip: string; zone?: string; weight: number }[];
  idempotent?: boolean;
}

/** The resolved dependencies of each of the agent's tools, by `function_name`. */
export type ResolvedByTool = Record<string, Resolved[]>;

/** What one exchange with the registry came to. */
export type Outcome =
  | { kind: "registered"; resolved: ResolvedByTool }
  | { kind: "unchanged" }
  | { kind: "changed" }
  | { kind: "unknown" }
  | { kind: "left" }
  | { kind: "failed"; reason: string };

/** The agent's side of MCP Mesh's heartbeat protocol. Its methods never reject. */
export class RegistryClient {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Registers the agent, or renews all that the registry knows of it, and fetches its wiring. */
  async register({ version, tools }: Offer): Promise<Outcome> {
    const { agentId, name, namespace, httpHost, httpPort, podIp, zone, weight } = this.#settings;
    const body = {
      agent_id: agentId,
      agent_type: "mcp_agent",
      runtime: "typescript",
      name,
      version,
      namespace,
      http_host: httpHost,
      http_port: httpPort,
      // What MCP Mesh 3.x does not know, and does not mind.
      ...(podIp && { pod_ip: podIp }),
      ...(zone && { zone }),
      ...(weight !== FULL_WEIGHT && { weight }),
      status: "healthy",
      timestamp: new Date().toISOString(),
      tools,
    };
    return this.#send("POST", "heartbeat", body, async (response) => {
      if (!response.ok) return failed(response, await response.text());
      const { dependencies_resolved } = (await response.json()) as {
        dependencies_resolved?: ResolvedByTool;
      };
      return { kind: "registered", resolved: dependencies_resolved ?? {} };
    });
  }

  /** Tells the registry that the agent lives, and hears whether to register again. */
  async check(): Promise<Outcome> {
    return this.#send("HEAD", `heartbeat/${this.#settings.agentId}`, undefined, (response) => {
      if (response.status === 200) return { kind: "unchanged" };
      if (response.status === 202) return { kind: "changed" };
      // 404 is how a registry that never heard of the agent may say 410.
      if (response.status === 410 || response.status === 404) return { kind: "unknown" };
      return failed(response);
    });
  }

  /** Takes the agent out of the registry. */
  async unregister(): Promise<Outcome> {
    return this.#send("DELETE", `agents/${this.#settings.agentId}`, undefined, (response) =>
      response.ok || response.status === 404 ? { kind: "left" } : failed(response),
    );
  }

  async #send(
    method: string,
    path: string,
    body: object | undefined,
    read: (response: Response) => Outcome | Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      const response = await fetch(new URL(path, this.#settings.registryUrl), {
        method,
        body: body && JSON.stringify(body),
        headers: body ? { "content-type": "application/json" } : {},
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      return await read(response);
    } catch (error) {
      return { kind: "failed", reason: reason(error) };
    }
  }
}

function failed(response: Response, text = ""): Outcome {
  return { kind: "failed", reason: `${response.status} ${text.slice(0, 500)}`.trim() };
}
