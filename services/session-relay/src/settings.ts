import { isIP } from "node:net";
import { type LogLevel, logLevels } from "mcp-mesh/log";

export interface Settings {
  /** The pod's address, by which siblings find it. */
  address: string;
  host: string;
  port: number;
  serverPort: number;
  managementPort: number;
  /** Where the server speaks MCP. */
  path: string;
  /** The name that the addresses of all the agent's pods are found by. */
  siblings: string;
  idleMs: number;
  sessionLimit: number;
  drainMs: number;
  /** How long others need to learn that the pod takes no new sessions. */
  leaveMs: number;
  logLevel: LogLevel;
}

type Environment = Record<string, string | undefined>;

/** Reads the settings. Throws a sentence for a variable that is missing or unusable. */
export function readSettings(env: Environment): Settings {
  const required = (name: string, what: string) => {
    const value = env[name];
    if (!value) throw new Error(`${name} is missing: it is ${what}.`);
    return value;
  };
  const number = (name: string, preset: number, [least, most]: [number, number]) => {
    const value = Number(env[name] || preset);
    if (value >= least && value <= most) return value;
    throw new Error(`${name} is "${env[name]}", but must be a number from ${least} to ${most}.`);
  };
  const port = (name: string, preset: number) => number(name, preset, [0, 65_535]);
  const seconds = (name: string, preset: number) => 1000 * number(name, preset, [0, 86_400]);
  const address = required("POD_IP", "the pod's own address");
  if (isIP(address) === 0) throw new Error(`POD_IP is "${address}", but must be an IP address.`);
  const logLevel = logLevels.find((level) => level === (env.LOG_LEVEL || "info"));
  if (!logLevel) {
    throw new Error(`LOG_LEVEL is "${env.LOG_LEVEL}", but must be one of ${logLevels.join(", ")}.`);
  }
  const path = env.MCP_PATH || "/mcp";
  if (!path.startsWith("/")) throw new Error(`MCP_PATH is "${path}", but must start with a slash.`);
  return {
    address,
    host: env.HOST || "::",
    port: port("PORT", 8080),
    serverPort: port("SERVER_PORT", 8082),
    managementPort: port("MANAGEMENT_PORT", 8083),
    path,
    siblings: required("SIBLINGS", "the name of the headless Service of the agent's pods"),
    idleMs: seconds("SESSION_IDLE_SECONDS", 1800),
    sessionLimit: number("SESSION_LIMIT", 1000, [1, 100_000]),
    drainMs: seconds("DRAIN_SECONDS", 600),
    leaveMs: seconds("LEAVE_SECONDS", 10),
    logLevel,
  };
}
