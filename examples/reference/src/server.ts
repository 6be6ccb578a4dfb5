import { McpServer, type ServerNotifier } from "@modelcontextprotocol/server";
import { registerPrompts } from "./prompts.ts";
import { registerResources } from "./resources.ts";
import { states } from "./state.ts";
import { registerAsking } from "./tools/asking.ts";
import { registerChanges } from "./tools/changes.ts";
import { registerContent } from "./tools/content.ts";
import { registerRounds } from "./tools/rounds.ts";
import { registerRunning } from "./tools/running.ts";
import { registerSchemas } from "./tools/schemas.ts";

/** Tells every open subscription of a change. */
export type Announce = Pick<ServerNotifier, "toolsChanged" | "promptsChanged">;

/**
 * An MCP server with everything that the official conformance suite asks of one, in the revisions
 * 2025-11-25 and 2026-07-28. A stateless server lives for one request, so that changes are announced
 * by `announce`, which outlives it; a session's server announces them itself.
 */
export function createReference(announce?: Announce): McpServer {
  const server = new McpServer(
    { name: "reference", version: "0.1.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        completions: {},
        logging: {},
      },
      // Lists are the same for everybody and change with the version alone.
      cacheHints: {
        "tools/list": { ttlMs: 60_000, cacheScope: "public" },
        "prompts/list": { ttlMs: 60_000, cacheScope: "public" },
        "resources/list": { ttlMs: 60_000, cacheScope: "public" },
        "resources/templates/list": { ttlMs: 60_000, cacheScope: "public" },
        "server/discover": { ttlMs: 60_000, cacheScope: "public" },
      },
      requestState: { verify: states.verify },
    },
  );
  registerContent(server);
  registerRunning(server);
  registerAsking(server);
  registerRounds(server);
  registerSchemas(server);
  registerChanges(
    server,
    announce ?? {
      toolsChanged: () => server.sendToolListChanged(),
      promptsChanged: () => server.sendPromptListChanged(),
    },
  );
  registerResources(server);
  registerPrompts(server);
  return server;
}
