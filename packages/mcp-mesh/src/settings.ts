import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

/** What the deployment tells the runtime, all of it in `MCP_MESH_*` variables. */
export interface Settings {
  registryUrl: URL;
  /** Unique among the agent's replicas; of the form `[A-Za-z0-9_-]{1,64}`. */
  agentId: string;
  name: string;
  namespace: string;
  /** The name and port under which other agents reach this one. */
  httpHost: string;
  httpPort: number;
  managementPort: number;
  heartbeatMs: number;
  config: Record<string, unknown>;
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the settings, or returns undefined where no registry is named, which means: no mesh.
 * Throws a sentence for a variable that is missing or unusable.
 */
export function readSettings(env: Environment): Settings | undefined {
  if (!env.MCP_MESH_REGISTRY_URL) return undefined;
  const name = env.MCP_MESH_AGENT_NAME;
  if (!name) throw new Error("MCP_MESH_AGENT_NAME is missing: it names the agent in the registry.");
  return {
    registryUrl: url("MCP_MESH_REGISTRY_URL", env.MCP_MESH_REGISTRY_URL),
    agentId: agentId(name, env.MCP_MESH_POD ?? randomUUID().slice(0, 8)),
    name,
    namespace: env.MCP_MESH_NAMESPACE ?? "default",
    httpHost: env.MCP_MESH_HTTP_HOST ?? "127.0.0.1",
    httpPort: number("MCP_MESH_HTTP_PORT", env.MCP_MESH_HTTP_PORT ?? "8080"),
    managementPort: number("MCP_MESH_MANAGEMENT_PORT", env.MCP_MESH_MANAGEMENT_PORT ?? "8081"),
    heartbeatMs: 1000 * number("MCP_MESH_HEALTH_INTERVAL", env.MCP_MESH_HEALTH_INTERVAL ?? "5"),
    config: env.MCP_MESH_CONFIG ? readConfig(env.MCP_MESH_CONFIG) : {},
  };
}

/** The agent's name and what sets its pod apart, cut from the name's end if it gets too long. */
export function agentId(name: string, pod: string): string {
  const suffix = (pod.startsWith(`${name}-`) ? pod.slice(name.length + 1) : pod).slice(-40);
  const id = `${name.slice(0, 63 - suffix.length)}-${suffix}`;
  return id.replace(/[^A-Za-z0-9_-]/g, "-");
}

function url(variable: string, value: string): URL {
  if (!URL.canParse(value)) {
    throw new Error(`${variable} is "${value}", but must be a URL such as http://registry:8000.`);
  }
  return new URL(value.endsWith("/") ? value : `${value}/`);
}

function number(variable: string, value: string): number {
  const parsed = Number(value);
  if (!(parsed >= 0) || value.trim() === "") {
    throw new Error(`${variable} is "${value}", but must be a number.`);
  }
  return parsed;
}

function readConfig(path: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`MCP_MESH_CONFIG names ${path}, which is not readable JSON: ${error}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Error(`MCP_MESH_CONFIG names ${path}, which must hold a JSON object.`);
  }
  return parsed as Record<string, unknown>;
}
