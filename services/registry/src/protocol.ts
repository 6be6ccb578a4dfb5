import { z } from "zod";

/** The wire format of MCP Mesh 3.x, as far as the registry reads it. Unknown fields are ignored. */

// Upstream clients send null for what they leave out.
const orDefault = <T extends z.ZodType>(schema: T, value: z.output<T>) =>
  schema.nullish().transform((given) => given ?? value);
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((given) => given ?? undefined);

const name = z.string().min(1).max(256);
const tag = z.string().max(256);
const address = z.union([z.ipv4(), z.ipv6()], "must be an IPv4 or IPv6 address");

export const agentId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, '_' or '-'");

const dependency = z.object({
  capability: name,
  version: orDefault(z.string(), ""),
  tags: orDefault(z.array(z.union([tag, z.array(tag)])), []),
  namespace: optional(name),
  required: orDefault(z.boolean(), false),
});

/** A position in a tool's dependency list: one wish, or several of which the first that resolves wins. */
const dependencySlot = z
  .union([dependency, z.array(dependency).min(1)])
  .transform((slot) => (Array.isArray(slot) ? slot : [slot]));

const toolShape = {
  function_name: name,
  capability: name,
  version: orDefault(z.string(), "1.0.0"),
  tags: orDefault(z.array(tag), []),
  description: orDefault(z.string(), ""),
  dependencies: orDefault(z.array(dependencySlot), []),
  kwargs: optional(z.record(z.string(), z.unknown())),
  idempotent: optional(z.boolean()),
};

const agentShape = {
  agent_id: agentId,
  name: optional(name),
  agent_type: orDefault(z.enum(["mcp_agent", "api", "a2a"]), "mcp_agent"),
  runtime: orDefault(z.string().max(64), "python"),
  version: orDefault(z.string(), "1.0.0"),
  description: orDefault(z.string(), ""),
  http_host: orDefault(z.string().max(253), "0.0.0.0"),
  http_port: orDefault(z.int().min(0).max(65535), 0),
  namespace: orDefault(name, "default"),
};

/** What callers need to choose among an agent's replicas: ours, and unknown to MCP Mesh 3.x. */
const placementShape = {
  pod_ip: optional(address),
  zone: optional(z.string().min(1).max(253)),
  weight: optional(z.int().min(0).max(100)),
};

/** The body of `POST /heartbeat`. */
export const registration = z.object({
  ...agentShape,
  ...placementShape,
  tools: z.array(z.object(toolShape)),
});

/** The file of agents that the deployment declares: ours, so unknown keys are mistakes. */
export const declaredAgents = z
  .strictObject({
    agents: z.array(
      z.strictObject({
        ...agentShape,
        http_host: z.string().min(1).max(253),
        http_port: z.int().min(1).max(65535),
        tools: z.array(z.strictObject(toolShape)).min(1),
      }),
    ),
  })
  .superRefine(({ agents }, context) => {
    agents.forEach(({ agent_id }, index) => {
      if (agents.findIndex((other) => other.agent_id === agent_id) < index) {
        context.addIssue({
          code: "custom",
          path: ["agents", index, "agent_id"],
          message: `"${agent_id}" is declared twice`,
        });
      }
    });
  });

/** The query of `GET /agents`. */
export const listQuery = z.object({
  namespace: name.optional(),
  status: z.enum(["healthy", "unhealthy"]).optional(),
  capability: name.optional(),
});

export type Dependency = z.output<typeof dependency>;
type Registered = z.output<typeof registration>;
/** Declared agents tell no placement: what stands behind them balances itself. */
export type Registration = Omit<Registered, keyof typeof placementShape> & Partial<Registered>;
export type Tool = Registration["tools"][number];
export type ListQuery = z.output<typeof listQuery>;

/** One replica of the agent that a dependency leads to. */
export interface Endpoint {
  agent_id: string;
  pod_ip: string;
  zone?: string;
  weight: number;
}

/** One entry of the wiring; `unavailable` ones hold the place of a dependency nobody offers now. */
export interface ResolvedDependency {
  agent_id: string;
  capability: string;
  endpoint: string;
  function_name: string;
  kwargs?: Record<string, unknown>;
  status: "available" | "unavailable";
  /** The agent's replicas that fulfil the wish, where all of them tell their address. */
  endpoints?: Endpoint[];
  /** Whether a call that may have happened already can be made once more. */
  idempotent?: true;
}

/** The dependencies of each function that has at least one resolved, in the order of declaration. */
export type Wiring = Record<string, ResolvedDependency[]>;

export interface Issue {
  path: string;
  message: string;
}

/** A zod error as a list of `{path: "tools[0].version", message}`. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.map(({ path, message }) => ({ path: z.core.toDotPath(path), message }));
}
