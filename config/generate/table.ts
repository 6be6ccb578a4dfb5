import type { Schema } from "#config/generate/json-schema";

/** A reference table of all keys, with padded cells, as the formatter wants them. */
export function table(schema: Schema): string {
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
    const [inner, suffix] = entriesOf(child);
    const missing = schema.required?.includes(key) ? "required" : "";
    const leaf = child.title !== undefined || Object.keys(inner.properties ?? {}).length === 0;
    const shown = child.default !== undefined && (leaf || suffix !== "");
    const fallback = shown ? `\`${JSON.stringify(child.default)}\`` : missing;
    const row = [`\`${path}\``, typeOf(child), fallback, child.description ?? ""];
    if (child.title) return [row];
    return [row, ...rowsOf(withDefaults(inner, child.default), `${path}${suffix}.`)];
  });
}

/** The schema of what stands below a key, and how its path is written. */
function entriesOf(child: Schema): [Schema, string] {
  if (child.oneOf) return [united(choicesOf(child.oneOf as Schema[])), ""];
  const entries = child.additionalProperties;
  if (typeof entries === "object" && entries.properties) return [entries, ".<name>"];
  if (child.type === "array" && typeof child.items === "object" && !Array.isArray(child.items)) {
    return [child.items as Schema, "[]"];
  }
  return [child, ""];
}

/** A union's choice, and what it goes by. */
type Choice = [word: string, schema: Schema];

function choicesOf(union: readonly Schema[]): Choice[] {
  return union.map((schema) => {
    const named = Object.values(schema.properties ?? {}).find((child) => (child as Schema).const);
    return [String((named as Schema | undefined)?.const), schema];
  });
}

/** All keys of a union's choices in one list, each with the choices that know it. */
function united(choices: readonly Choice[]): Schema {
  const keys = new Set(choices.flatMap(([, { properties = {} }]) => Object.keys(properties)));
  const properties = [...keys].map((key) => {
    const known = choices.flatMap(([word, { properties = {} }]): Choice[] =>
      key in properties ? [[word, properties[key] as Schema]] : [],
    );
    const words = known.map(([word]) => word);
    const [first] = known.map(([, child]) => child);
    if (first?.const !== undefined) return [key, { enum: words }];
    const note = known.length < choices.length ? `With ${words.join(" or ")}` : "";
    const description = [note, first?.description].filter(Boolean).join(": ");
    const inner = first?.properties && known.length > 1 ? united(known) : {};
    return [key, { ...first, ...inner, ...(description ? { description } : {}) }];
  });
  return { properties: Object.fromEntries(properties) };
}

/** An object's default is told at its keys. */
function withDefaults(schema: Schema, fallback: unknown): Schema {
  if (typeof fallback !== "object" || fallback === null || Array.isArray(fallback)) return schema;
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([key, child]) => {
      const value = (fallback as Record<string, unknown>)[key];
      if (value === undefined || typeof child === "boolean") return [key, child];
      return [key, { ...child, default: value as Schema["default"] }];
    }),
  );
  return { ...schema, properties };
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.title) return schema.title;
  if (schema.oneOf) return "object";
  if (schema.type === "integer" && schema.maximum !== undefined) {
    return schema.maximum > 1e9
      ? "whole number"
      : `whole number, ${schema.minimum} to ${schema.maximum}`;
  }
  return String(schema.type ?? "any");
}
