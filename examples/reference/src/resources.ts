import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { IMAGE } from "./samples.ts";

/** A text, an image, a template, and a resource that clients may watch. */
export function registerResources(server: McpServer): void {
  const ofText = (name: string, uri: string, description: string, content: string) =>
    server.registerResource(name, uri, { description, mimeType: "text/plain" }, () => ({
      contents: [{ uri, mimeType: "text/plain", text: content }],
    }));
  ofText(
    "static-text",
    "test://static-text",
    "A text",
    "This is the content of the static text resource.",
  );
  ofText(
    "watched-resource",
    "test://watched-resource",
    "A text to subscribe to",
    "Watched resource content",
  );
  server.registerResource(
    "static-binary",
    "test://static-binary",
    { description: "An image", mimeType: IMAGE.mimeType },
    () => ({
      contents: [{ uri: "test://static-binary", mimeType: IMAGE.mimeType, blob: IMAGE.data }],
    }),
  );
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined }),
    { description: "The data of an id", mimeType: "application/json" },
    (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: "application/json",
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  );
  // Clients of 2025 subscribe by these two. The watched text never changes, so nobody is noted.
  server.server.setRequestHandler("resources/subscribe", () => ({}));
  server.server.setRequestHandler("resources/unsubscribe", () => ({}));
}
