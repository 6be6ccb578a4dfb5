import { type LogLevel, logLevels } from "@mcp-mesh/registry/src/log.ts";
import { z } from "zod";

export interface Config {
  host: string;
  port: number;
  logLevel: LogLevel;
  drainSeconds: number;
  /** Where the registry's API begins, without a slash at the end. */
  registryUrl: string;
}

const environment = z.object({
  HOST: z.string().default("0.0.0.0"),
  PORT: z.coerce.number().int().min(0).max(65535).default(8090),
  LOG_LEVEL: z.enum(logLevels).default("info"),
  DRAIN_SECONDS: z.coerce.number().min(0).max(300).default(5),
  MCP_MESH_REGISTRY_URL: z
    .url({ protocol: /^https?$/, error: "must be the http:// or https:// URL of the registry" })
    .transform((url) => url.replace(/\/+$/, "")),
});

/** Everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {}

/** The configuration from environment variables; throws a ConfigError that lists every mistake. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new ConfigError(lines.join("\n"));
  }
  const given = parsed.data;
  return {
    host: given.HOST,
    port: given.PORT,
    logLevel: given.LOG_LEVEL,
    drainSeconds: given.DRAIN_SECONDS,
    registryUrl: given.MCP_MESH_REGISTRY_URL,
  };
}
