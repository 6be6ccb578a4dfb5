import type { McpServer } from "@modelcontextprotocol/server";
import type { Announce } from "../server.ts";
import { text } from "./content.ts";

/**
 * Announce a change of a list, as a server does whose tools come and go. Only this process hears of
 * it: replicas with lists that change need a `bus` of their own, see `createMcpHandler`.
 */
export function registerChanges(server: McpServer, announce: Announce): void {
  server.registerTool(
    "test_trigger_tool_change",
    { description: "Announces that the list of tools changed" },
    () => {
      announce.toolsChanged();
      return text("Announced that the list of tools changed");
    },
  );
  server.registerTool(
    "test_trigger_prompt_change",
    { description: "Announces that the list of prompts changed" },
    () => {
      announce.promptsChanged();
      return text("Announced that the list of prompts changed");
    },
  );
}
