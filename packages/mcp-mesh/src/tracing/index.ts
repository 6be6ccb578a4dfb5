import type { Log } from "../log.ts";
import type { Tracing } from "./tracing.ts";

export type { Tracing } from "./tracing.ts";

type Environment = Record<string, string | undefined>;

/** Who makes the spans; the standard OTEL_* variables win over it. */
export interface Identity {
  /** The service's name. */
  name: string;
  version?: string;
  namespace?: string;
  /** Unique among the service's replicas. */
  instance?: string;
}

/**
 * Starts to make spans and to send them by OTLP over HTTP, if OTEL_EXPORTER_OTLP_ENDPOINT (or
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) says where to. Otherwise OpenTelemetry is not even loaded.
 *
 * Nothing is registered with `@opentelemetry/api`: an agent may bring an OpenTelemetry of its own,
 * which refuses to start beside a registration of another version.
 */
export async function startTracing(
  identity: Identity,
  log: Log,
  env: Environment = process.env,
): Promise<Tracing | undefined> {
  if (!isWanted(env)) return undefined;
  const [{ createProvider }, { Tracing }] = await Promise.all([
    import("./provider.ts"),
    import("./tracing.ts"),
  ]);
  return new Tracing(createProvider(identity, log, env));
}

function isWanted(env: Environment): boolean {
  const variable = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
    ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    : "OTEL_EXPORTER_OTLP_ENDPOINT";
  const endpoint = env[variable];
  if (!endpoint || env.OTEL_SDK_DISABLED === "true") return false;
  if (env.OTEL_TRACES_EXPORTER === "none") return false;
  if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new Error(
      `${variable} is "${endpoint}", but must be a URL such as http://collector:4318.`,
    );
  }
  return true;
}
