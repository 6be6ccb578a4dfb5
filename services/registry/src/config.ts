import { readFileSync } from "node:fs";
import { z } from "zod";
import { type LogLevel, logLevels, reason } from "./log.ts";
import { declaredAgents, issuesOf, type Registration } from "./protocol.ts";

export interface DatabaseConfig {
  host: string;
  port: number;
  database: string;
  user: string;
  /** Read at every new connection, so that a rotated password needs no restart. */
  passwordFile: string;
  /** Absent: it is not spoken. */
  tls?: {
    /** The authorities that may vouch for the server, read as the password is; else the system's. */
    caFile?: string | undefined;
  };
  /** The most connections that one replica opens: the server must allow all replicas theirs. */
  poolSize?: number;
}

export interface Config {
  host: string;
  port: number;
  logLevel: LogLevel;
  drainSeconds: number;
  /** Answers questions, but takes no registrations: those are another region's. */
  readOnly: boolean;
  database: DatabaseConfig;
  declared: Registration[];
}

/** Each request needs a connection for some milliseconds only. */
export const POOL_SIZE = 10;

const port = z.coerce.number().int().min(0).max(65535);
const required = z.string("is not set").min(1, "is empty");

const environment = z.object({
  HOST: z.string().default("0.0.0.0"),
  PORT: port.default(8000),
  LOG_LEVEL: z.enum(logLevels).default("info"),
  DRAIN_SECONDS: z.coerce.number().min(0).max(300).default(5),
  DATABASE_HOST: required,
  DATABASE_PORT: port.default(5432),
  DATABASE_NAME: required,
  DATABASE_USER: required,
  DATABASE_PASSWORD_FILE: required,
  DATABASE_TLS: z.enum(["verify", "off"]).default("verify"),
  DATABASE_CA_FILE: z.string().min(1, "is empty").optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(POOL_SIZE),
  MCP_MESH_DECLARED_AGENTS: z.string().optional(),
  MCP_MESH_READ_ONLY: z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(false),
});

/** Everything that is wrong with the environment or the file of declared agents, one line each. */
export class ConfigError extends Error {}

function loadDeclared(file: string): Registration[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError(`MCP_MESH_DECLARED_AGENTS: cannot read ${file}: ${reason(error)}`);
  }
  const parsed = declaredAgents.safeParse(json);
  if (parsed.success) return parsed.data.agents;
  const lines = issuesOf(parsed.error).map(({ path, message }) => `${file}: ${path}: ${message}`);
  throw new ConfigError(lines.join("\n"));
}

/** The configuration from environment variables; throws a ConfigError that lists every mistake. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const lines = issuesOf(parsed.error).map(({ path, message }) => `${path}: ${message}`);
    throw new ConfigError(lines.join("\n"));
  }
  const given = parsed.data;
  return {
    host: given.HOST,
    port: given.PORT,
    logLevel: given.LOG_LEVEL,
    drainSeconds: given.DRAIN_SECONDS,
    readOnly: given.MCP_MESH_READ_ONLY,
    database: {
      host: given.DATABASE_HOST,
      port: given.DATABASE_PORT,
      database: given.DATABASE_NAME,
      user: given.DATABASE_USER,
      passwordFile: given.DATABASE_PASSWORD_FILE,
      ...(given.DATABASE_TLS === "verify" ? { tls: { caFile: given.DATABASE_CA_FILE } } : {}),
      poolSize: given.DATABASE_POOL_SIZE,
    },
    declared: given.MCP_MESH_DECLARED_AGENTS ? loadDeclared(given.MCP_MESH_DECLARED_AGENTS) : [],
  };
}
