import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { mesh } from "mcp-mesh-types";
import { AUDIO, IMAGE } from "../samples.ts";

/** A result of one text. */
export const text = (said: string): CallToolResult => ({ content: [{ type: "text", text: said }] });

/** Every kind of content that a tool can return, and a failure. */
export function registerContent(server: McpServer): void {
  server.registerTool(
    "test_simple_text",
    {
      description: "Returns a text",
      annotations: { readOnlyHint: true },
      ...mesh({ capability: "reference", version: "1.0.0", tags: ["text"] }),
    },
    () => text("This is a simple text response for testing."),
  );
  server.registerTool("test_image_content", { description: "Returns an image" }, () => ({
    content: [{ type: "image", ...IMAGE }],
  }));
  server.registerTool("test_audio_content", { description: "Returns a sound" }, () => ({
    content: [{ type: "audio", ...AUDIO }],
  }));
  server.registerTool("test_embedded_resource", { description: "Returns a resource" }, () => ({
    content: [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  }));
  server.registerTool(
    "test_multiple_content_types",
    { description: "Returns a text, an image and a resource" },
    () => ({
      content: [
        { type: "text", text: "Multiple content types test:" },
        { type: "image", ...IMAGE },
        {
          type: "resource",
          resource: {
            uri: "test://mixed-content-resource",
            mimeType: "application/json",
            text: JSON.stringify({ test: "data", value: 123 }),
          },
        },
      ],
    }),
  );
  // The SDK makes a result with `isError` of what a tool throws.
  server.registerTool("test_error_handling", { description: "Fails" }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
}
