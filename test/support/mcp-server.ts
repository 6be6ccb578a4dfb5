import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

/** What a server's tools do besides answering. */
export interface Behaviour {
  /** Runs inside the handler of `echo`. */
  during?(message: string): Promise<void>;
}

/** An unmodified MCP server with tools that succeed, fail and report progress. */
export function createTools({ during }: Behaviour = {}): McpServer {
  const server = new McpServer({ name: "tools", version: "1.0.0" });
  server.registerTool("echo", { inputSchema: { message: z.string() } }, async ({ message }) => {
    await during?.(message);
    return { content: [{ type: "text", text: message }] };
  });
  server.registerTool("fail", {}, async () => ({
    isError: true,
    content: [{ type: "text", text: "it failed" }],
  }));
  server.registerTool("step", {}, async ({ sendNotification, _meta }) => {
    const progressToken = _meta?.progressToken ?? 0;
    await sendNotification({
      method: "notifications/progress",
      params: { progressToken, progress: 1 },
    });
    await during?.("step");
    return { content: [{ type: "text", text: "done" }] };
  });
  return server;
}

export interface Serving {
  url: URL;
  port: number;
  server: Server;
  stop(): void;
}

/** Serves each request with a server of its own (stateless), or one for each session. */
export async function serveMcp(
  create: () => McpServer,
  { sessions = false, json = false }: { sessions?: boolean; json?: boolean } = {},
): Promise<Serving> {
  const open = new Map<string, StreamableHTTPServerTransport>();
  return serveHttp(async (request, response) => {
    const id = request.headers["mcp-session-id"];
    const known = typeof id === "string" ? open.get(id) : undefined;
    if (known) return known.handleRequest(request, response);
    if (id !== undefined) return void response.writeHead(404).end();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: sessions ? () => crypto.randomUUID() : undefined,
      onsessioninitialized: (session) => void open.set(session, transport),
      onsessionclosed: (session) => void open.delete(session),
      enableJsonResponse: json,
    });
    await create().connect(transport);
    await transport.handleRequest(request, response);
  });
}

/** Any HTTP server, on a loopback port of the system's choice. */
export async function serveHttp(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Serving> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const url = new URL(`http://127.0.0.1:${address.port}/mcp`);
  return { url, port: address.port, server, stop };
}
