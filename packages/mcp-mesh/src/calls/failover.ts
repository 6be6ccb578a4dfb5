import { setTimeout as sleep } from "node:timers/promises";
import { ProtocolError } from "@modelcontextprotocol/client";
import { DeadlineExceededError, DependencyUnavailableError, type ToolResult } from "mcp-mesh-types";
import { reason } from "../log.ts";
import { dependencyFailovers } from "../metrics.ts";
import type { AgentTracing } from "../tracing/agent.ts";
import { choose } from "./choice.ts";
import { TIMEOUT_HEADER, writeTimeout } from "./deadline.ts";
import type { Endpoint } from "./endpoint.ts";
import { faultOf } from "./faults.ts";
import type { Target } from "./wiring.ts";

/**
 * How often a call may burden somebody: many who each try everybody would finish off who is left.
 * Where nobody listens, nobody is burdened. The last attempt is the Service's.
 */
const ATTEMPTS = 4;

/**
 * How long the Service gets, after each attempt there, to lead to somebody else: Kubernetes needs
 * about a second to take a pod out whose process was killed.
 */
const PAUSES_MS = [50, 250, 1200];

/** A call of a dependency. */
export interface Call {
  capability: string;
  target: Target;
  args: Record<string, unknown>;
  limitMs: number;
  signal: AbortSignal | undefined;
}

/**
 * Makes a call, at another endpoint if one fails: where the tool can be called once more without
 * harm always, and otherwise only where the tool was surely not reached.
 */
export async function callTarget(
  call: Call,
  zone: string | undefined,
  tracing: AgentTracing | undefined,
): Promise<ToolResult> {
  const { capability, target, limitMs, signal } = call;
  const deadline = performance.now() + limitMs;
  const tried = new Set<Endpoint>();
  const pauses = PAUSES_MS.values();
  let failure: unknown;
  let burdened = 0;
  while (burdened < ATTEMPTS) {
    const endpoint = next(target, tried, burdened === ATTEMPTS - 1, zone);
    if (!endpoint) break;
    if (tried.has(endpoint)) {
      const { value: pauseMs } = pauses.next();
      if (pauseMs === undefined || performance.now() + pauseMs >= deadline) break;
      await sleep(pauseMs, undefined, { signal });
    }
    if (tried.size > 0) dependencyFailovers.inc({ capability });
    tried.add(endpoint);
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw new DeadlineExceededError(capability, Math.round(limitMs));
    try {
      return await attemptAt(endpoint, leftMs, call, tracing);
    } catch (error) {
      signal?.throwIfAborted();
      const fault = faultOf(error);
      if (fault === "late") {
        throw new DeadlineExceededError(capability, Math.round(limitMs), { cause: error });
      }
      if (fault === "refused")
        throw error instanceof ProtocolError ? error : unavailable(call, error);
      failure = error;
      if (fault === "broken" && !target.idempotent) break;
      if (fault !== "unreached") burdened++;
    }
  }
  throw unavailable(call, failure);
}

/**
 * A pod that was not tried yet. The Service comes where no pod is known or up, and as the last
 * resort: it knows those that came since the registry was last asked.
 */
function next(
  { pods, service }: Target,
  tried: ReadonlySet<Endpoint>,
  isLast: boolean,
  zone: string | undefined,
): Endpoint | undefined {
  const isUp = service.admits();
  if (isLast && isUp) return service;
  const up = pods.filter((pod) => !tried.has(pod) && pod.admits());
  return choose(up, zone, Math.random()) ?? (isUp ? service : undefined);
}

async function attemptAt(
  endpoint: Endpoint,
  timeoutMs: number,
  { capability, target, args, signal }: Call,
  tracing: AgentTracing | undefined,
): Promise<ToolResult> {
  const { tool } = target;
  const headers = { [TIMEOUT_HEADER]: writeTimeout(timeoutMs) };
  const make = (carrier?: Record<string, string>) => {
    const attempt = { tool, args, carrier, headers, timeoutMs, signal };
    return endpoint.call(attempt) as Promise<ToolResult>;
  };
  if (!tracing) return make();
  const { url, address } = endpoint;
  return tracing.call({ endpoint: url, address, tool, capability }, make);
}

function unavailable({ capability, target }: Call, failure: unknown): DependencyUnavailableError {
  const { agent, service } = target;
  if (failure === undefined) {
    const why = `${agent} at ${service.url} failed too often just now, and is left alone for a while`;
    return new DependencyUnavailableError(capability, why);
  }
  const why = `${agent} at ${service.url} does not answer (${reason(failure)})`;
  return new DependencyUnavailableError(capability, why, { cause: failure });
}
