import type { ToolResult } from "mcp-mesh-types";
import type { CallTracer } from "../mcp/watch.ts";
import type { Outcome } from "../registry-client.ts";
import { log } from "../runtime-log.ts";
import type { Settings } from "../settings.ts";
import { clientCall, registration } from "./client-spans.ts";
import { startTracing } from "./index.ts";

/** A tool of another agent. */
export interface Callee {
  endpoint: string;
  /** The pod that is dialled in the endpoint's place, if one is. */
  address?: string | undefined;
  tool: string;
  capability: string;
}

/** The spans that the runtime makes in an agent's process. */
export interface AgentTracing {
  /** Makes those of the requests that the agent is sent. */
  server(tools: ReadonlySet<string>): CallTracer;
  /** A call of another agent, which gets what its message has to carry. */
  call(
    callee: Callee,
    call: (carrier: Record<string, string>) => Promise<ToolResult>,
  ): Promise<ToolResult>;
  registration(register: () => Promise<Outcome>): Promise<Outcome>;
  shutdown(limitMs: number): Promise<void>;
}

/** Starts tracing if the environment asks for it; else nothing of it is even loaded. */
export async function startAgentTracing(settings: Settings): Promise<AgentTracing | undefined> {
  const { name, namespace, agentId, registryUrl } = settings;
  const tracing = await startTracing({ name, namespace, instance: agentId }, log);
  if (!tracing) return undefined;
  const { ServerSpans } = await import("./server-spans.ts");
  tracing.propagateByFetch();
  return {
    server: (tools) => new ServerSpans(tracing, tools),
    call: (callee, call) => clientCall(tracing, callee, call),
    registration: (register) => registration(tracing, registryUrl, register),
    shutdown: (limitMs) => tracing.shutdown(limitMs),
  };
}
