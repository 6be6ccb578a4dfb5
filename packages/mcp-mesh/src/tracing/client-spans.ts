import type { ToolResult } from "mcp-mesh-types";
import type { Outcome } from "../registry-client.ts";
import type { Callee } from "./agent.ts";
import type { Tracing } from "./tracing.ts";

/** A call of another agent's tool, in a span; `call` gets what its message has to carry. */
export function clientCall(
  tracing: Tracing,
  { endpoint, address, tool, capability }: Callee,
  call: (carrier: Record<string, string>) => Promise<ToolResult>,
): Promise<ToolResult> {
  const { hostname, port } = new URL(endpoint);
  const attributes = {
    "mcp.method.name": "tools/call",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool,
    "mcp_mesh.capability": capability,
    "server.address": hostname,
    "server.port": port === "" ? undefined : Number(port),
    "network.peer.address": address,
    "network.transport": "tcp",
    "network.protocol.name": "http",
  };
  return tracing.client(`tools/call ${tool}`, attributes, async (span) => {
    const result = await call(tracing.carrier());
    if (result.isError) tracing.fail(span, "tool_error");
    return result;
  });
}

/** A registration, in a span that the registry's own continues. Short heartbeats are too many. */
export function registration(
  tracing: Tracing,
  registry: URL,
  register: () => Promise<Outcome>,
): Promise<Outcome> {
  const attributes = {
    "http.request.method": "POST",
    "server.address": registry.hostname,
    "url.full": new URL("heartbeat", registry).href,
  };
  return tracing.client("POST /heartbeat", attributes, async (span) => {
    const outcome = await register();
    if (outcome.kind === "failed") tracing.fail(span, "failed", new Error(outcome.reason));
    return outcome;
  });
}
