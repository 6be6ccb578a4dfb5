import { randomUUID } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import type { LogLevel } from "./log.ts";
import { type Environment, Variables } from "./variables.ts";

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
  /** Where the agent's own server listens: elsewhere, if something stands before it. */
  localPort: number;
  managementPort: number;
  /** Where other agents may reach this very replica. */
  podIp: string | undefined;
  zone: string | undefined;
  /** How many of the calls this replica should get beside its siblings; 0 = no new ones. */
  weight: number;
  heartbeatMs: number;
  /** How old the outcome of the agent's own health checks may be. */
  healthCheckMs: number;
  /** How long a call of another agent may take unless the caller says otherwise. */
  callTimeoutMs: number;
  /** How long calls in flight may take to end after SIGTERM. */
  drainMs: number;
  /** Where wiring is kept over a restart; undefined where the id does not outlive one. */
  stateFolder: string | undefined;
  config: Record<string, unknown>;
}

/**
 * Reads the settings, or returns undefined where no registry is named, which means: no mesh.
 * Throws a sentence for a variable that is missing or unusable.
 */
export function readSettings(env: Environment): Settings | undefined {
  const read = new Variables(env);
  const registryUrl = read.url("MCP_MESH_REGISTRY_URL", "http://registry:8000");
  if (!registryUrl || read.text("MCP_MESH_ENABLED")?.toLowerCase() === "false") return undefined;
  const name = read.text("MCP_MESH_AGENT_NAME");
  if (!name) throw new Error("MCP_MESH_AGENT_NAME is missing: it names the agent in the registry.");
  refuseTls(read.text("MCP_MESH_TLS_MODE"));
  readLogLevel(env);
  const pod = read.text("MCP_MESH_POD");
  const podIp = readAddress(read.text("MCP_MESH_POD_IP"));
  const httpPort = read.port("MCP_MESH_HTTP_PORT", 8080);
  const reachable = podIp && isIPv4(podIp) ? podIp : "127.0.0.1";
  return {
    registryUrl,
    agentId: agentId(name, pod ?? randomUUID().slice(0, 8)),
    name,
    namespace: read.text("MCP_MESH_NAMESPACE") ?? "default",
    httpHost: read.text("MCP_MESH_HTTP_HOST") ?? reachable,
    httpPort,
    localPort: read.port("MCP_MESH_LOCAL_PORT", httpPort),
    managementPort: read.port("MCP_MESH_MANAGEMENT_PORT", 8081),
    podIp,
    zone: read.text("MCP_MESH_ZONE"),
    weight: read.integer("MCP_MESH_WEIGHT", 100, [0, 100]),
    heartbeatMs: read.seconds("MCP_MESH_HEALTH_INTERVAL", { preset: 5, least: 0.1 }),
    healthCheckMs: read.seconds("MCP_MESH_HEALTH_CHECK_TTL", { preset: 2, least: 0.1 }),
    callTimeoutMs: read.seconds("MCP_MESH_CALL_TIMEOUT", { preset: 30, least: 0.1 }),
    drainMs: read.seconds("MCP_MESH_DRAIN_SECONDS", { preset: 20, least: 0 }),
    stateFolder: pod && (read.text("MCP_MESH_STATE_DIR") ?? tmpdir()),
    config: read.file("MCP_MESH_CONFIG") ?? {},
  };
}

/** The agent's name and what sets its pod apart, cut from the name's end if it gets too long. */
export function agentId(name: string, pod: string): string {
  const suffix = (pod.startsWith(`${name}-`) ? pod.slice(name.length + 1) : pod).slice(-40);
  const id = `${name.slice(0, 63 - suffix.length)}-${suffix}`;
  return id.replace(/[^A-Za-z0-9_-]/g, "-");
}

/** The level of the runtime's own lines, by upstream's names for levels too. */
export function readLogLevel(env: Environment): LogLevel {
  const levels: Record<string, LogLevel> = {
    debug: "debug",
    info: "info",
    warning: "warn",
    warn: "warn",
    error: "error",
    critical: "error",
  };
  const given = new Variables(env).text("MCP_MESH_LOG_LEVEL") ?? "info";
  const level = levels[given.toLowerCase()];
  if (level) return level;
  throw new Error(
    `MCP_MESH_LOG_LEVEL is "${given}", but must be one of ${Object.keys(levels).join(", ")}.`,
  );
}

/** Who asks for encryption must not go without it unawares. */
function refuseTls(mode: string | undefined): void {
  if (mode === undefined || mode.toLowerCase() === "off") return;
  throw new Error(
    `MCP_MESH_TLS_MODE is "${mode}", but the runtime leaves TLS between agents to a service mesh: set it to off, or take it away.`,
  );
}

function readAddress(value: string | undefined): string | undefined {
  if (value === undefined || isIP(value) !== 0) return value;
  throw new Error(`MCP_MESH_POD_IP is "${value}", but must be an IP address.`);
}
