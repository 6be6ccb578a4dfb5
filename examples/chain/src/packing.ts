import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { DependencyUnavailableError, dependency, mesh } from "mcp-mesh-types";
import { z } from "zod";
import type { Forecast } from "./forecast.ts";

/** What `pack` returns, for those who call it, too. */
export const packingShape = { items: z.array(z.string()), weather: z.string() };

export type Packing = z.infer<z.ZodObject<typeof packingShape>>;

const forecast = dependency<{ city: string }, Forecast>({ capability: "forecast", version: "^1" });

/** What the weather asks for; without a forecast, what any weather asks for. */
async function pack(city: string, signal: AbortSignal): Promise<Packing> {
  try {
    const { structuredContent: weather } = await forecast({ city }, { signal, timeoutMs: 5_000 });
    if (!weather) throw new DependencyUnavailableError("forecast", "it failed");
    const { celsius, rain } = weather;
    const items = [celsius < 15 ? "a coat" : "a shirt", ...(rain ? ["an umbrella"] : [])];
    return { items, weather: `${celsius} °C and ${rain ? "rain" : "dry"}` };
  } catch (error) {
    if (!DependencyUnavailableError.is(error)) throw error;
    return { items: ["a coat", "a shirt", "an umbrella"], weather: "any weather" };
  }
}

/** The chain's second agent: asks for the forecast, and is asked by the trip. */
export function createPacking(): McpServer {
  const server = new McpServer({ name: "packing", version: "0.1.0" });
  server.registerTool(
    "pack",
    {
      description: "Lists what to take to a city",
      inputSchema: { city: z.string().min(1) },
      outputSchema: packingShape,
      annotations: { readOnlyHint: true },
      ...mesh({ capability: "packing", version: "1.0.0", dependencies: [forecast] }),
    },
    async ({ city }, { signal }) => {
      const packing = await pack(city, signal);
      const text = `For ${packing.weather}: ${packing.items.join(", ")}`;
      return { content: [{ type: "text", text }], structuredContent: packing };
    },
  );
  return server;
}
