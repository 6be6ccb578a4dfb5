import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { META_KEY, type ToolMetadata } from "mcp-mesh-types";
import { reason } from "./log.ts";
import { log } from "./runtime-log.ts";

/** A tool of this agent, as the registry is told about it. */
export interface OwnTool extends ToolMetadata {
  function_name: string;
  version: string;
  tags: string[];
  description?: string;
  inputSchema: object;
  outputSchema?: object;
}

/** What the agent is and offers. */
export interface Offer {
  version: string;
  tools: OwnTool[];
}

/**
 * Asks the agent over MCP what it offers, as any client would, until it answers. That works for
 * every server whatever it is made of, and shows that it can be used. A tool without the mesh's
 * metadata is offered under its own name.
 */
export async function readOffer(port: number, signal: AbortSignal): Promise<Offer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await askAgent(new URL(`http://127.0.0.1:${port}/mcp`));
    } catch (error) {
      // The first seconds are the agent's own start.
      if (attempt > 0 && attempt % 20 === 0) {
        log.warn("the agent does not answer yet", { port, error: reason(error) });
      }
    }
    await sleep(Math.min(1000, 50 * 2 ** Math.min(attempt, 5)), undefined, { signal });
  }
}

async function askAgent(url: URL): Promise<Offer> {
  const client = new Client({ name: "mcp-mesh", version: "0.1.0" });
  const transport = new StreamableHTTPClientTransport(url);
  try {
    await client.connect(transport, { timeout: 5_000 });
    const version = client.getServerVersion()?.version ?? "0.0.0";
    const tools: OwnTool[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools({ cursor });
      for (const { name, description, inputSchema, outputSchema, _meta } of page.tools) {
        const own = _meta?.[META_KEY] as ToolMetadata | undefined;
        tools.push({
          function_name: name,
          capability: own?.capability ?? name,
          version: own?.version ?? version,
          tags: own?.tags ?? [],
          description,
          inputSchema,
          outputSchema,
          dependencies: own?.dependencies ?? [],
        });
      }
      cursor = page.nextCursor;
    } while (cursor);
    if (transport.sessionId) await transport.terminateSession();
    return { version, tools };
  } finally {
    await client.close();
  }
}
