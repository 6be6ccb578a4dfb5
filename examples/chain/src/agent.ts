import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createForecast } from "./forecast.ts";
import { createPacking } from "./packing.ts";
import { createTrip } from "./trip.ts";

const { HOST: host = "127.0.0.1", PORT: port = "8080", ALLOWED_HOSTS: named } = process.env;

// One program, and one image, for three agents: each is told which of them it is.
const agents = { forecast: createForecast, packing: createPacking, trip: createTrip };
const agent = process.env.AGENT as keyof typeof agents;
const createServer = agents[agent];
if (!createServer) {
  throw new Error(`AGENT is "${agent}", but must be one of ${Object.keys(agents).join(", ")}.`);
}

// Under a name of its own (a Service's, an Ingress's) the server wants to know that name, or else
// it answers every Host; on loopback the SDK admits loopback alone.
const allowedHosts = named?.split(/\s*,\s*/).concat("localhost", "127.0.0.1");
const app = createMcpExpressApp({ host, allowedHosts });

// Stateless: a server for each request, so that any replica can answer any of them.
app.post("/mcp", async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on("close", () => void transport.close());
  await createServer().connect(transport);
  await transport.handleRequest(request, response, request.body);
});
// Without sessions there is no stream to open, and nothing to delete.
app.all("/mcp", (_request, response) => void response.status(405).set("allow", "POST").end());

const listener = app.listen(Number(port), host, (error) => {
  if (error) throw error;
  console.log(`${agent} answers at http://${host}:${port}/mcp`);
});

// As process 1 of a container Node would ignore both signals.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => listener.close(() => process.exit(0)));
}
