import { setTimeout as sleep } from "node:timers/promises";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { mesh } from "mcp-mesh-types";
import { z } from "zod";

/** How many notes one session may keep, of how many characters. */
const MAX_NOTES = 100;
const MAX_LENGTH = 1_000;

/** An MCP server for one session: its notes are in this process, and nobody else sees them. */
export function createNotes(): McpServer {
  const notes: string[] = [];
  const info = { name: "notes", version: "0.1.0" };
  const server = new McpServer(info, { capabilities: { logging: {} } });

  server.registerTool(
    "add",
    {
      description: "Keeps a note for the rest of the session",
      inputSchema: { text: z.string().min(1).max(MAX_LENGTH) },
      ...mesh({ capability: "notes", version: "1.0.0", tags: ["write"] }),
    },
    async ({ text }) => {
      if (notes.length === MAX_NOTES)
        throw new Error(`This session has ${MAX_NOTES} notes already`);
      return { content: [{ type: "text", text: `This is note ${notes.push(text)}.` }] };
    },
  );

  server.registerTool(
    "list",
    {
      description: "Lists the notes of this session",
      annotations: { readOnlyHint: true },
      outputSchema: { notes: z.array(z.string()) },
      ...mesh({ capability: "notes", version: "1.0.0", tags: ["read"] }),
    },
    async () => ({
      content: [{ type: "text", text: notes.join("\n") || "There are no notes." }],
      structuredContent: { notes },
    }),
  );

  server.registerTool(
    "dictate",
    {
      description: "Reads the notes of this session out, one after another",
      inputSchema: { pauseMs: z.int().min(0).max(10_000).default(500) },
      annotations: { readOnlyHint: true },
      ...mesh({ capability: "notes", version: "1.0.0", tags: ["stream"] }),
    },
    async ({ pauseMs }, { sendNotification, signal }) => {
      for (const data of notes) {
        await sendNotification({
          method: "notifications/message",
          params: { level: "info", data },
        });
        await sleep(pauseMs, undefined, { signal });
      }
      return { content: [{ type: "text", text: `These were ${notes.length} notes.` }] };
    },
  );
  return server;
}
