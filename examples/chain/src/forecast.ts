import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { mesh } from "mcp-mesh-types";
import { z } from "zod";

/** What `forecast` returns, for those who call it, too. */
export const forecastShape = { city: z.string(), celsius: z.number(), rain: z.boolean() };

export type Forecast = z.infer<z.ZodObject<typeof forecastShape>>;

/** The chain's last agent: a tool that needs nobody. Its weather is the same every day. */
export function createForecast(): McpServer {
  const server = new McpServer({ name: "forecast", version: "0.1.0" });
  server.registerTool(
    "forecast",
    {
      description: "Tells tomorrow's weather in a city",
      inputSchema: { city: z.string().min(1) },
      outputSchema: forecastShape,
      annotations: { readOnlyHint: true },
      ...mesh({ capability: "forecast", version: "1.0.0" }),
    },
    async ({ city }) => {
      const letters = [...city.toLowerCase()].reduce((sum, each) => sum + each.charCodeAt(0), 0);
      const weather: Forecast = { city, celsius: letters % 30, rain: letters % 2 === 0 };
      return {
        content: [
          { type: "text", text: `${weather.celsius} °C, ${weather.rain ? "rain" : "dry"}` },
        ],
        structuredContent: weather,
      };
    },
  );
  return server;
}
