import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { DependencyUnavailableError, dependency, mesh } from "mcp-mesh-types";
import { z } from "zod";
import type { Packing } from "./packing.ts";

const packing = dependency<{ city: string }, Packing>({ capability: "packing", version: "^1" });

async function luggage(city: string, signal: AbortSignal): Promise<string> {
  try {
    const { structuredContent } = await packing({ city }, { signal, timeoutMs: 10_000 });
    if (!structuredContent) return "nobody could say what to pack";
    return `take ${structuredContent.items.join(" and ")}, for ${structuredContent.weather}`;
  } catch (error) {
    if (!DependencyUnavailableError.is(error)) throw error;
    return "nobody here knows what to pack";
  }
}

/** The chain's first agent: what people ask. It knows `packing`, and nothing of who that asks. */
export function createTrip(): McpServer {
  const server = new McpServer({ name: "trip", version: "0.1.0" });
  server.registerTool(
    "plan",
    {
      description: "Plans a trip to a city",
      inputSchema: { city: z.string().min(1) },
      annotations: { readOnlyHint: true },
      ...mesh({ capability: "trip", version: "1.0.0", dependencies: [packing] }),
    },
    async ({ city }, { signal }) => ({
      content: [{ type: "text", text: `${city}: ${await luggage(city, signal)}.` }],
    }),
  );
  return server;
}
