import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";

const timeZone = z.string().default("UTC").describe("An IANA time zone, such as Europe/Zurich");

/** An MCP server with one tool, `now`. It knows the SDK and nothing of a mesh. */
export function createClock(): McpServer {
  const server = new McpServer({ name: "clock", version: "0.1.0" });
  server.registerTool(
    "now",
    {
      description: "Tells the date and the time of day in a time zone",
      inputSchema: { timeZone },
      outputSchema: { instant: z.iso.datetime(), local: z.string(), timeZone: z.string() },
      annotations: { readOnlyHint: true },
    },
    async ({ timeZone }) => {
      // A zone that there is not throws, and the SDK tells the client so.
      const now = new Date();
      const format = { dateStyle: "full", timeStyle: "long", timeZone } as const;
      const local = new Intl.DateTimeFormat("en-GB", format).format(now);
      return {
        content: [{ type: "text", text: `It is ${local}.` }],
        structuredContent: { instant: now.toISOString(), local, timeZone },
      };
    },
  );
  return server;
}
