// A mesh agent that calls a tool of another one, by turns through the runtime and with a client of the
// SDK, as the benchmark starts it. What it prints is JSON: a line when it is wired, and one a round.
import { createServer } from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { dependency, mesh } from "mcp-mesh-types";

const {
  BENCH_URL = "",
  BENCH_ROUNDS = "1",
  BENCH_CALLS = "10",
  BENCH_WAYS = "client mesh",
  PORT,
} = process.env;
/** Enough for V8 to have compiled what matters. */
const WARM_UP = 300;

const echo = dependency<{ message: string }>({ capability: "echo" });
createServer(async (request, response) => {
  const server = new McpServer({ name: "caller", version: "1.0.0" });
  const config = mesh({ capability: "calling", dependencies: [echo] });
  server.registerTool("call", config, async () => ({ content: [] }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on("close", () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response);
}).listen(Number(PORT), "127.0.0.1");

const client = new Client({ name: "bench", version: "1.0.0" });
await client.connect(new StreamableHTTPClientTransport(new URL(BENCH_URL)));
const args = { message: "Hello, you!" };
const ways = {
  client: () => client.callTool({ name: "echo", arguments: args }),
  mesh: () => echo(args),
};

for (;;) {
  const wired = await ways.mesh().then(
    () => true,
    () => false,
  );
  if (wired) break;
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const turns = Object.entries(ways).filter(([name]) => BENCH_WAYS.split(" ").includes(name));
for (const [, way] of turns) for (let i = 0; i < WARM_UP; i++) await way();
for (let round = 0; round < Number(BENCH_ROUNDS); round++) {
  // A block of one, then a block of the other: a second apart, both have the same neighbours.
  const times: Record<string, number[]> = { client: [], mesh: [] };
  const processor: Record<string, number> = {};
  for (const [name, way] of turns.toSorted(() => Math.random() - 0.5)) {
    const before = process.cpuUsage();
    for (let i = 0; i < Number(BENCH_CALLS); i++) {
      const started = performance.now();
      await way();
      times[name]?.push((performance.now() - started) * 1000);
    }
    const { user, system } = process.cpuUsage(before);
    processor[name] = (user + system) / Number(BENCH_CALLS);
  }
  process.stdout.write(`${JSON.stringify({ bench: round, times, processor })}\n`);
}
process.stdout.write(`${JSON.stringify({ bench: "done" })}\n`);
