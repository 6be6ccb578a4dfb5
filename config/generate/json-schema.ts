import { z } from "zod";

export type Schema = z.core.JSONSchema.BaseSchema;

/** What may be written, as JSON Schema. */
export function jsonSchema(schema: z.ZodType): Schema {
  return lenient(z.toJSONSchema(schema, { io: "input", target: "draft-7", reused: "inline" }));
}

/** A chart's values.schema.json. Helm adds two keys before it checks the values. */
export function chartSchema(schema: z.ZodType): Schema {
  const values = jsonSchema(schema);
  return { ...values, properties: { ...values.properties, "mesh-lib": {} } };
}

/**
 * Where a zod schema says `.meta({ merged: true })`, defaults are merged under what is written, key
 * by key, so that nothing there is required.
 */
function lenient(schema: Schema, within = false): Schema {
  const { merged = within, required, ...rest } = schema;
  const each = (child: Schema | boolean) =>
    typeof child === "object" ? lenient(child, merged === true) : child;
  return {
    ...rest,
    ...(required && merged !== true ? { required } : {}),
    ...(rest.properties
      ? {
          properties: Object.fromEntries(
            Object.entries(rest.properties).map(([key, child]) => [key, each(child)]),
          ),
        }
      : {}),
    ...(rest.additionalProperties === undefined
      ? {}
      : { additionalProperties: each(rest.additionalProperties) }),
  };
}
