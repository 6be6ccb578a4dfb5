import type { IncomingMessage, ServerResponse } from "node:http";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createGreeter } from "./greeter.ts";

const host = process.env.HOST ?? "127.0.0.1";
const port = Number(process.env.PORT ?? 8080);
// Under a name of its own (a Service's, an Ingress's) the server wants to know that name, or else
// it answers every Host; on loopback the SDK admits loopback alone.
const named = process.env.ALLOWED_HOSTS?.split(",").map((name) => name.trim());
const allowedHosts = named && [...named, "localhost", "127.0.0.1"];

const app = createMcpExpressApp({ host, allowedHosts });

// Stateless: a server for each request, so that any replica can answer any of them.
app.post(
  "/mcp",
  async (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => {
    const server = createGreeter();
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on("close", () => {
      void transport.close();
      void server.close();
    });
    await server.connect(transport);
    await transport.handleRequest(request, response, request.body);
  },
);
app.all("/mcp", (_request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(405, { allow: "POST", "content-type": "application/json" }).end(
    JSON.stringify({
      jsonrpc: "2.0",
      error: { code: -32000, message: "Method not allowed: this server keeps no sessions" },
      id: null,
    }),
  );
});

const listener = app.listen(port, host, (error?: Error) => {
  if (error) throw error;
  console.log(`greeter answers at http://${host}:${port}/mcp`);
});

// As process 1 of a container Node would ignore both signals.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => listener.close(() => process.exit(0)));
}
