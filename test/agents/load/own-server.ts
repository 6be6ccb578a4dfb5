import { once } from "node:events";
import { createServer } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { mesh } from "mcp-mesh-types";
import { declared, type Load } from "./ways.ts";

/** The agent that a mesh caller is: a tool that depends on what is called, so that the mesh wires it. */
export async function serveTools(port: number, load: Load): Promise<void> {
  const server = createServer(async (request, response) => {
    const mcp = new McpServer({ name: "caller", version: "1.0.0" });
    const config = mesh({ capability: "calling", dependencies: [declared(load)] });
    mcp.registerTool("call", config, async () => ({ content: [] }));
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on("close", () => void mcp.close());
    await mcp.connect(transport);
    await transport.handleRequest(request, response);
  });
  server.listen(port);
  await once(server, "listening");
}
