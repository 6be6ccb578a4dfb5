import { z } from "zod";

/** What `/api/mesh` answers: the agents, and who is wired to whom. Times are ISO 8601. */
export interface Mesh {
  agents: Agent[];
  wiring: Wire[];
}

export interface MeshAnswer extends Mesh {
  /** Only if the registry does not answer now: since when, and why. The rest is its last answer. */
  stale?: { since: string; reason: string };
}

export interface Agent {
  id: string;
  name: string;
  namespace: string;
  /** `vanilla` agents are declared by the deployment and send no heartbeats. */
  mode: "mesh" | "vanilla";
  /** `healthy`, `unhealthy`, or what a registry of another version says. */
  status: string;
  type: string;
  runtime: string;
  version: string;
  description: string;
  endpoint: string;
  registered?: string;
  lastHeartbeat?: string;
  tools: Tool[];
}

export interface Tool {
  name: string;
  capability: string;
  version: string;
  description: string;
  tags: string[];
  available: boolean;
  /** Why it is not available, as far as the registry says so. */
  reason?: string;
}

/** A dependency of a tool; without `to` nobody offers what it needs. */
export interface Wire {
  from: string;
  tool: string;
  capability: string;
  tags: string[];
  to?: string;
  toTool?: string;
}

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? "");
const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((given) => given ?? []);
const time = z.coerce
  .date()
  .nullish()
  .transform((given) => given?.toISOString());
/** Of a nested list of tags, one has to match. */
const wantedTag = z.union([z.string(), z.array(z.string()).transform((tags) => tags.join(" | "))]);

const agent = z.object({
  id: z.string().min(1),
  name: text,
  namespace: text,
  declared: z.boolean().default(false),
  status: z.string(),
  agent_type: text,
  runtime: text,
  version: text,
  description: text,
  endpoint: text,
  created_at: time,
  last_seen: time,
  capabilities: list(
    z.object({
      name: z.string(),
      function_name: text,
      version: text,
      description: text,
      tags: list(z.string()),
      available: z.boolean().default(true),
      unavailable_reason: z.string().optional(),
    }),
  ),
  dependency_resolutions: list(
    z.object({
      function_name: text,
      capability: text,
      tags: list(wantedTag),
      mcp_tool: z.string().nullish(),
      provider_agent_id: z.string().nullish(),
    }),
  ),
});

/** The registry's answer to `GET /agents`, as far as it is read here: unknown fields are ignored. */
const answer = z.object({ agents: z.array(agent) });

/** The mesh from a registry's answer; throws an error whose message names the first wrong field. */
export function meshOf(json: unknown): Mesh {
  const parsed = answer.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue && z.core.toDotPath(issue.path);
    throw new Error(`its answer can't be read: ${where ? `${where}: ` : ""}${issue?.message}`);
  }
  const { agents } = parsed.data;
  return {
    agents: agents.map((one) => ({
      id: one.id,
      name: one.name || one.id,
      namespace: one.namespace || "default",
      mode: one.declared ? "vanilla" : "mesh",
      status: one.status,
      type: one.agent_type,
      // Declared agents never told theirs: what stands there is the protocol's default.
      runtime: one.declared ? "" : one.runtime,
      version: one.version,
      description: one.description,
      endpoint: one.endpoint,
      registered: one.created_at,
      lastHeartbeat: one.last_seen,
      tools: one.capabilities.map((capability) => ({
        name: capability.function_name || capability.name,
        capability: capability.name,
        version: capability.version,
        description: capability.description,
        tags: capability.tags,
        available: capability.available,
        reason: capability.unavailable_reason,
      })),
    })),
    wiring: agents.flatMap((one) =>
      one.dependency_resolutions.map((found) => ({
        from: one.id,
        tool: found.function_name,
        capability: found.capability,
        tags: found.tags,
        to: found.provider_agent_id || undefined,
        toTool: found.mcp_tool || undefined,
      })),
    ),
  };
}
