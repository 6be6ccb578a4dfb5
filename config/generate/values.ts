import { Document, isMap, type Pair, type YAMLMap } from "yaml";
import type { z } from "zod";
import { jsonSchema, type Schema } from "#config/generate/json-schema";

const GENERATED = " Made by `npm run generate` from the schemas in config/.";

/** A chart's values.yaml: every default, each key with its meaning above it. */
export function valuesFile(schema: z.ZodType): string {
  const document = new Document(schema.parse({}));
  document.commentBefore = `${GENERATED} What is commented out is optional.`;
  annotate(document.contents as unknown as YAMLMap, jsonSchema(schema));
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A values file of an environment: plain, without what the charts say by themselves. */
export function environmentFile(values: unknown, about: string): string {
  const document = new Document(values);
  document.commentBefore = `${GENERATED}\n ${about}`;
  return document.toString({ lineWidth: 0 });
}

function annotate(map: YAMLMap, schema: Schema): void {
  const properties = schema.properties ?? {};
  for (const item of map.items as Pair<{ value: string; commentBefore?: string }, unknown>[]) {
    const child = properties[item.key.value];
    if (typeof child !== "object") continue;
    if (child.description) item.key.commentBefore = ` ${child.description}`;
    if (isMap(item.value) && item.value.items.length > 0 && child.properties) {
      if (child.title === undefined) annotate(item.value, child);
    } else if (isMap(item.value)) item.value.flow = true;
  }
  const there = new Set(map.items.map(({ key }) => (key as { value: string }).value));
  const optional = Object.entries(properties).filter(([key]) => !there.has(key));
  if (optional.length === 0) return;
  map.comment = optional
    .map(([key, child]) => ` ${key}: ${typeof child === "object" ? (child.description ?? "") : ""}`)
    .join("\n");
}
