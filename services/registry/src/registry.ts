import { digestOf, digestsOf } from "./digests.ts";
import type { Log } from "./log.ts";
import type { ListQuery, Registration, Wiring } from "./protocol.ts";
import {
  type Agent,
  endpointOf,
  type Mesh,
  missingRequirement,
  resolveAll,
  wiringOf,
} from "./resolve.ts";
import type { Store, StoredAgent } from "./store.ts";

/** What is shown of an agent that lives by heartbeats, or of one that the deployment declares. */
type Listed = Agent &
  Pick<StoredAgent, "name" | "agent_type" | "runtime" | "version" | "description" | "status"> &
  Partial<Pick<StoredAgent, "created_at" | "last_seen">>;

/** An agent id that belongs to the deployment. */
export class DeclaredAgentError extends Error {
  constructor(agentId: string) {
    super(
      `"${agentId}" is declared by the deployment: ` +
        "change the deployment's agents, or use another agent_id",
    );
  }
}

function describe(agent: Listed, mesh: Mesh, declared: boolean) {
  const resolutions = resolveAll(mesh, agent);
  return {
    id: agent.agent_id,
    name: agent.name,
    agent_type: agent.agent_type,
    runtime: agent.runtime,
    version: agent.version,
    description: agent.description,
    namespace: agent.namespace,
    status: agent.status,
    declared,
    endpoint: endpointOf(agent),
    pod_ip: agent.pod_ip,
    zone: agent.zone,
    weight: agent.weight,
    capabilities: agent.tools.map((tool) => {
      const missing = missingRequirement(mesh, agent, tool);
      const healthy = agent.status === "healthy";
      return {
        name: tool.capability,
        version: tool.version,
        function_name: tool.function_name,
        tags: tool.tags,
        description: tool.description,
        available: healthy && missing === undefined,
        ...(healthy && missing && { unavailable_reason: `required dep '${missing}' unresolved` }),
      };
    }),
    total_dependencies: resolutions.length,
    dependencies_resolved: resolutions.filter(({ found }) => found).length,
    dependency_resolutions: resolutions.map(({ tool, slot, found }) => ({
      function_name: tool.function_name,
      capability: slot[0]?.capability,
      tags: slot[0]?.tags,
      ...(found && {
        mcp_tool: found.function_name,
        provider_agent_id: found.agent_id,
        endpoint: found.endpoint,
      }),
      status: found?.status ?? "unresolved",
    })),
    created_at: agent.created_at,
    last_seen: agent.last_seen,
  };
}

/** What the registry does for its callers. Every method may throw a DatabaseError. */
export class Registry {
  readonly #store: Store;
  readonly #declared: readonly Registration[];
  readonly #log: Log;

  constructor(store: Store, declared: readonly Registration[], log: Log) {
    this.#store = store;
    this.#declared = declared;
    this.#log = log;
  }

  /** Registers or refreshes an agent and answers with its wiring. */
  async register(agent: Registration): Promise<Wiring> {
    if (this.#store.isDeclared(agent.agent_id)) throw new DeclaredAgentError(agent.agent_id);
    const { generation, changed } = await this.#store.register(agent);
    if (changed) {
      const { agent_id, name, namespace } = agent;
      this.#log.info("registered", { agent_id, name, namespace, endpoint: endpointOf(agent) });
    }
    const wiring = wiringOf(await this.#store.meshAt(generation), agent);
    await this.#store.remember(agent.agent_id, digestsOf(wiring));
    return wiring;
  }

  /** A short heartbeat: is the agent known and healthy, and does the wiring it was told still hold? */
  async beat(agentId: string): Promise<"unchanged" | "changed" | "unknown"> {
    const known = await this.#store.beat(agentId);
    if (!known) return "unknown";
    const wiring = wiringOf(await this.#store.meshAt(known.generation), known.agent);
    return digestOf(wiring) === known.told ? "unchanged" : "changed";
  }

  /** Forgets an agent that leaves; false if it was not there. */
  async remove(agentId: string): Promise<boolean> {
    if (this.#store.isDeclared(agentId)) throw new DeclaredAgentError(agentId);
    const removed = await this.#store.remove(agentId);
    if (removed) this.#log.info("unregistered", { agent_id: agentId });
    return removed;
  }

  /** The agents that match every given filter, in the order of their ids. */
  async list({ namespace, status, capability }: ListQuery) {
    const { agents, mesh } = await this.#store.list();
    const declared = this.#declared.map((agent) => ({
      ...agent,
      name: agent.name ?? agent.agent_id,
      status: "healthy" as const,
    }));
    return [
      ...agents.map((agent) => describe(agent, mesh, false)),
      ...declared.map((agent) => describe(agent, mesh, true)),
    ]
      .filter((agent) => namespace === undefined || agent.namespace === namespace)
      .filter((agent) => status === undefined || agent.status === status)
      .filter(
        ({ capabilities }) =>
          capability === undefined || capabilities.some(({ name }) => name === capability),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
