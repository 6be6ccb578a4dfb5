import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/**
 * One tool call as any MCP client makes it: initialize, tools/call, close. Answers the text of the
 * result; throws if the server cannot be reached or the tool reports an error.
 */
export async function callTool(
  url: string,
  name: string,
  args: Record<string, unknown>,
): Promise<string> {
  const client = new Client({ name: "mcp-mesh-up", version: "0.1.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  try {
    const result = await client.callTool({ name, arguments: args });
    const content = Array.isArray(result.content) ? result.content : [];
    const text = content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    if (result.isError) throw new Error(`the tool ${name} failed: ${text}`);
    return text;
  } finally {
    await client.close();
  }
}
