import { fromJsonSchema, type McpServer } from "@modelcontextprotocol/server";
import { text } from "./content.ts";

/** JSON Schema as it stands in the list of tools: Zod would not write these keywords. */
const addressed = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object" as const,
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

/** Tools whose schemas are written as JSON Schema. */
export function registerSchemas(server: McpServer): void {
  server.registerTool(
    "json_schema_2020_12_tool",
    {
      description: "Takes what JSON Schema 2020-12 alone can describe",
      inputSchema: fromJsonSchema(addressed),
    },
    (args) => text(`JSON Schema 2020-12 tool called with: ${JSON.stringify(args)}`),
  );
  // The client repeats `region` in a header, where a proxy can route by it; the SDK compares them.
  const region = { type: "string" as const, "x-mcp-header": "Region" };
  server.registerTool(
    "test_x_mcp_header",
    {
      description: "Has an argument that is a header, too",
      inputSchema: fromJsonSchema<{ region?: string; level?: number }>({
        type: "object",
        properties: {
          region,
          level: { type: "integer" },
        },
      }),
    },
    (args) => text(`region=${args.region ?? "none"}`),
  );
}
