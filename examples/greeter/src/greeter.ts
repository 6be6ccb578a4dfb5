import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { agentConfig, DependencyUnavailableError, dependency, mesh } from "mcp-mesh-types";
import { z } from "zod";

const echo = dependency<{ message: string }>({ capability: "echo" });

/** Sends a text through the `echo` capability; without anybody who offers it, the text stays as it is. */
async function echoed(message: string, signal: AbortSignal): Promise<string> {
  try {
    const { content, isError } = await echo({ message }, { signal, timeoutMs: 10_000 });
    const text = content.find((part) => part.type === "text");
    return text && !isError ? text.text : message;
  } catch (error) {
    if (DependencyUnavailableError.is(error)) return message;
    throw error;
  }
}

/** An MCP server with one tool, `greet`. It works anywhere; in a mesh it also uses its peers. */
export function createGreeter(): McpServer {
  const server = new McpServer({ name: "greeter", version: "0.1.0" });
  server.registerTool(
    "greet",
    {
      description: "Greets somebody by name",
      inputSchema: { name: z.string().min(1).describe("Who is greeted") },
      annotations: { readOnlyHint: true },
      ...mesh({ capability: "greeting", version: "1.0.0", tags: ["text"], dependencies: [echo] }),
    },
    async ({ name }, { signal }) => {
      const { greeting = "Hello" } = agentConfig();
      const text = await echoed(`${greeting}, ${name}!`, signal);
      return { content: [{ type: "text", text }] };
    },
  );
  return server;
}
