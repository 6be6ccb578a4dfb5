import { z } from "zod";
import { agentSchema } from "#config/agent-schema";
import { chartValues } from "#config/chart-values";
import { stackSchema } from "#config/schema";

type Schema = z.core.JSONSchema.BaseSchema;

/** The files that follow from the schemas, by path from the project's root. */
export function generated(): Record<string, string> {
  const charts = Object.entries(chartValues).map(([name, schema]) => {
    const values = jsonSchema(schema);
    // Helm adds these two to a chart's values before it checks them.
    const properties = { ...values.properties, "mesh-lib": {}, global: {} };
    return [`charts/${name}/values.schema.json`, json({ ...values, properties })];
  });
  return {
    ...Object.fromEntries(charts),
    "agents/agent.schema.json": json(jsonSchema(agentSchema)),
    "config/README.md": reference(),
  };
}

function jsonSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { io: "input", target: "draft-7", reused: "inline" });
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function reference(): string {
  return `# Configuration

Made by \`npm run generate\` from the schemas in this folder. A value that breaks them, or a key that
they don't know, is refused before anything is touched.

## A stack: \`Pulumi.<stack>.yaml\`

Each key stands under the project's name, such as \`mcp-mesh:registry\`.

${table(jsonSchema(stackSchema))}
## An agent: \`agents/*.yaml\`

${table(jsonSchema(agentSchema))}`;
}

/** With padded cells, as the formatter wants them. */
function table(schema: Schema): string {
  const rows = [["Key", "Value", "Default", "Meaning"], ...rowsOf(schema, "")];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: string[], fill = " ") =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |\n`;
  const [head = [], ...body] = rows;
  return [line(head), line(["", "", "", ""], "-"), ...body.map((cells) => line(cells))].join("");
}

function rowsOf(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    if (typeof child === "boolean") return [];
    const path = `${prefix}${key}`;
    const entries = child.additionalProperties;
    const [inner, suffix] =
      typeof entries === "object" && entries.properties
        ? [entries, ".<name>"]
        : child.type === "array" && typeof child.items === "object" && !Array.isArray(child.items)
          ? [child.items as Schema, "[]"]
          : [child, ""];
    const missing = schema.required?.includes(key) ? "required" : "";
    const fallback = child.default === undefined ? missing : `\`${JSON.stringify(child.default)}\``;
    const row = [`\`${path}\``, typeOf(child), fallback, child.description ?? ""];
    return child.title ? [row] : [row, ...rowsOf(inner, `${path}${suffix}.`)];
  });
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.title) return schema.title;
  if (schema.type === "integer") return `whole number, ${schema.minimum} to ${schema.maximum}`;
  return String(schema.type ?? "any");
}
