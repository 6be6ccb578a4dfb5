import { type LogLevel, logLevels } from "@mcp-mesh/registry/src/log.ts";
import { z } from "zod";
import type { Links } from "./api.ts";
import { contradictions, type LoginSettings, loginOf, loginVariables } from "./auth/settings.ts";

export interface Config {
  host: string;
  port: number;
  logLevel: LogLevel;
  drainSeconds: number;
  /** Where the registry's API begins, without a slash at the end. */
  registryUrl: string;
  /** Where Prometheus' pages begin, without a slash at the end; without it there are no figures. */
  prometheusUrl?: string;
  /** The Kubernetes namespace whose figures are shown. */
  namespace: string;
  /** Where browsers find the page, with a slash at the end. */
  publicUrl?: URL;
  /** Proxies before the server that tell in X-Forwarded-For whom they speak for. */
  proxies: number;
  links: Links;
  login: LoginSettings;
}

const address = (of: string) =>
  z
    .url({ protocol: /^https?$/, error: `must be the http:// or https:// URL of ${of}` })
    .transform((url) => url.replace(/\/+$/, ""));
const link = z
  .string()
  .regex(/^https?:\/\/[^\s"<>]+$/, "must be an http:// or https:// address")
  .optional();
const environment = z
  .object({
    HOST: z.string().default("0.0.0.0"),
    PORT: z.coerce.number().int().min(0).max(65535).default(8090),
    LOG_LEVEL: z.enum(logLevels).default("info"),
    DRAIN_SECONDS: z.coerce.number().min(0).max(300).default(5),
    MCP_MESH_REGISTRY_URL: address("the registry"),
    PROMETHEUS_URL: address("Prometheus").optional(),
    NAMESPACE: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a Kubernetes namespace")
      .default("mcp-mesh"),
    PROXIES: z.coerce.number().int().min(0).max(5).default(0),
    LINK_GRAFANA: link,
    LINK_LOGS: link,
    LINK_TRACES: link,
    ...loginVariables,
  })
  .superRefine((given, context) => {
    for (const [variable, message] of contradictions(given)) {
      context.addIssue({ code: "custom", path: [variable], message });
    }
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
  const links = {
    ...(given.LINK_GRAFANA ? { grafana: given.LINK_GRAFANA } : {}),
    ...(given.LINK_LOGS ? { logs: given.LINK_LOGS } : {}),
    ...(given.LINK_TRACES ? { traces: given.LINK_TRACES } : {}),
  };
  return {
    host: given.HOST,
    port: given.PORT,
    logLevel: given.LOG_LEVEL,
    drainSeconds: given.DRAIN_SECONDS,
    registryUrl: given.MCP_MESH_REGISTRY_URL,
    ...(given.PROMETHEUS_URL ? { prometheusUrl: given.PROMETHEUS_URL } : {}),
    namespace: given.NAMESPACE,
    ...(given.PUBLIC_URL ? { publicUrl: given.PUBLIC_URL } : {}),
    proxies: given.PROXIES,
    links,
    login: loginOf(given),
  };
}
