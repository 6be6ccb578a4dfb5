import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { createNotes } from "./notes.ts";
import { Sessions } from "./sessions.ts";

const { HOST: host = "127.0.0.1", PORT: port = "8080", ALLOWED_HOSTS: named } = process.env;

// Under a name of its own (a Service's, an Ingress's) the server wants to know that name, or else
// it answers every Host; on loopback the SDK admits loopback alone.
const allowedHosts = named?.split(/\s*,\s*/).concat("localhost", "127.0.0.1");
const app = createMcpExpressApp({ host, allowedHosts });
const sessions = new Sessions(createNotes);

app.all("/mcp", async (request, response) => {
  const id = request.get("mcp-session-id");
  const transport = id === undefined ? await sessions.open() : sessions.find(id);
  if (transport) return transport.handleRequest(request, response, request.body);
  // MCP's word for "initialize again".
  const error = { code: -32001, message: "Session not found" };
  response.status(404).json({ jsonrpc: "2.0", error, id: null });
});

const listener = app.listen(Number(port), host, (error) => {
  if (error) throw error;
  console.log(`notes answers at http://${host}:${port}/mcp`);
});

// As process 1 of a container Node would ignore both signals.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    listener.close(() => process.exit(0));
    await sessions.close();
  });
}
