import { readFileSync } from "node:fs";

export type Environment = Record<string, string | undefined>;

/** Every variable that the runtime reads; the README says what each means. */
export const UNDERSTOOD: readonly string[] = [
  "MCP_MESH_AGENT_NAME",
  "MCP_MESH_CALL_TIMEOUT",
  "MCP_MESH_CONFIG",
  "MCP_MESH_DRAIN_SECONDS",
  "MCP_MESH_ENABLED",
  "MCP_MESH_HEALTH_CHECK_TTL",
  "MCP_MESH_HEALTH_INTERVAL",
  "MCP_MESH_HTTP_HOST",
  "MCP_MESH_HTTP_PORT",
  "MCP_MESH_LOCAL_PORT",
  "MCP_MESH_LOG_LEVEL",
  "MCP_MESH_MANAGEMENT_PORT",
  "MCP_MESH_NAMESPACE",
  "MCP_MESH_POD",
  "MCP_MESH_POD_IP",
  "MCP_MESH_REGISTRY_URL",
  "MCP_MESH_STATE_DIR",
  "MCP_MESH_TLS_MODE",
  "MCP_MESH_WEIGHT",
  "MCP_MESH_ZONE",
];

/** What Kubernetes itself sets for a Service whose name begins with `mcp-mesh-`. */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/** The variables with the mesh's prefix that mean nothing to the runtime, be it by a typing error. */
export function notUnderstood(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith("MCP_MESH_") && !UNDERSTOOD.includes(name))
    .filter((name) => !SERVICE_LINK.test(name))
    .sort();
}

/** Reads variables, of which an empty one counts as absent; throws a sentence that names it. */
export class Variables {
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  text(name: string): string | undefined {
    return this.#env[name]?.trim() || undefined;
  }

  url(name: string, example: string): URL | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const whole = value.endsWith("/") ? value : `${value}/`;
    if (/^https?:/i.test(whole) && URL.canParse(whole)) return new URL(whole);
    throw new Error(`${name} is "${value}", but must be a URL such as ${example}.`);
  }

  /** A number of seconds, in milliseconds. */
  seconds(name: string, { preset, least }: { preset: number; least: number }): number {
    const value = Number(this.text(name) ?? preset);
    // A longer timer than this would fire at once.
    if (value >= least && value <= 86_400) return 1000 * value;
    throw new Error(
      `${name} is "${this.#env[name]}", but must be a number of seconds from ${least} to 86400.`,
    );
  }

  integer(name: string, preset: number, [least, most]: [number, number]): number {
    const value = Number(this.text(name) ?? preset);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(
      `${name} is "${this.#env[name]}", but must be a whole number from ${least} to ${most}.`,
    );
  }

  port(name: string, preset: number): number {
    return this.integer(name, preset, [1, 65_535]);
  }

  /** The JSON object in the file that a variable names. */
  file(name: string): Record<string, unknown> | undefined {
    const path = this.text(name);
    if (path === undefined) return undefined;
    let parsed: unknown;
    try {
      parsed = JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      throw new Error(`${name} names ${path}, which is not readable JSON: ${error}`);
    }
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      throw new Error(`${name} names ${path}, which must hold a JSON object.`);
    }
    return parsed as Record<string, unknown>;
  }
}
