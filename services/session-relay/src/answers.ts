import type { ServerResponse } from "node:http";

/** What the relay itself answers, as MCP servers say it: a JSON-RPC error without a request's id. */
function refuse(response: ServerResponse, status: number, code: number, message: string): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const body = JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null });
  const again = status === 503 ? { "retry-after": "1" } : {};
  response.writeHead(status, { "content-type": "application/json", ...again }).end(body);
}

/** By this status clients know that they have to initialize anew. */
export function sessionLost(response: ServerResponse): void {
  refuse(response, 404, -32001, "Session not found");
}

export function unavailable(response: ServerResponse, message: string): void {
  refuse(response, 503, -32000, message);
}

export function badGateway(response: ServerResponse): void {
  refuse(response, 502, -32000, "Bad Gateway: the server broke off");
}
