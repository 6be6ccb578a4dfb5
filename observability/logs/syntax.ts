/** A block of Alloy's configuration language, with what stands in it. */
export interface Block {
  name: string;
  label?: string;
  attributes?: Record<string, Value>;
  blocks?: Block[];
}

/** An expression stands as it is; all else is written as a literal. */
export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | { expression: string }
  | { object: Record<string, Value> };

/** Refers to what another component gives, such as `discovery.relabel.pods.output`. */
export const expression = (text: string): Value => ({ expression: text });

/** An object's literal; its keys are written as strings, so that any will do. */
export const object = (entries: Record<string, Value>): Value => ({ object: entries });

/** The text of a configuration, as `alloy fmt` leaves it. */
export function format(blocks: readonly Block[]): string {
  return blocks.map((block) => `${lines(block).join("\n")}\n`).join("\n");
}

function lines({ name, label, attributes = {}, blocks = [] }: Block): string[] {
  const head = label === undefined ? name : `${name} ${JSON.stringify(label)}`;
  const names = Object.keys(attributes);
  if (names.length === 0 && blocks.length === 0) return [`${head} { }`];
  const width = Math.max(...names.map((each) => each.length));
  const own = names.map((each) => `\t${each.padEnd(width)} = ${literal(attributes[each] ?? "")}`);
  const inner = blocks.flatMap((block, index) => [
    ...(index > 0 || own.length > 0 ? [""] : []),
    ...lines(block).map((line) => (line === "" ? "" : `\t${line}`)),
  ]);
  return [`${head} {`, ...own, ...inner, "}"];
}

function literal(value: Value): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if ("expression" in value) return value.expression;
  const { object: entries } = value as { object: Record<string, Value> };
  const fields = Object.entries(entries).map(([key, each]) => `${text(key)} = ${literal(each)}`);
  return `{ ${fields.join(", ")} }`;
}

/** In back quotes, regular expressions and templates stand as they are. */
function text(value: string): string {
  if (!/["\\]/.test(value)) return JSON.stringify(value);
  if (value.includes("`") || value.includes("\n")) return JSON.stringify(value);
  return `\`${value}\``;
}
