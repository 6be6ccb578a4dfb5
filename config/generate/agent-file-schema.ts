import { agentSchema } from "#config/agent-schema";
import { jsonSchema, type Schema } from "#config/generate/json-schema";

/** A value that a variable is part of; what it becomes is checked when a stack is read. */
const VARIABLE = { type: "string", pattern: "\\$\\{" };

/** What editors check an agent's file against: what it extends may hold what it lacks. */
export function agentFileSchema(): Schema {
  const whole = jsonSchema(agentSchema);
  const { properties, ...schema } = openToVariables(whole);
  return {
    ...schema,
    properties: { extends: extending(), ...properties },
    required: ["name"],
    if: { required: ["extends"] },
    else: { required: whole.required ?? [] },
  };
}

/** The same for a base, which is not an agent by itself: it has no name, and need not be complete. */
export function baseFileSchema(): Schema {
  const { properties, ...schema } = openToVariables(jsonSchema(agentSchema));
  const { name: _name, ...rest } = properties as Record<string, Schema>;
  return { ...schema, properties: { extends: extending(), ...rest } };
}

function extending() {
  const file: Schema = { type: "string", pattern: "\\.ya?ml$" };
  return {
    description: "Files in agents/bases/ that this one is laid over; a later one goes before.",
    anyOf: [file, { type: "array", items: file, minItems: 1 }],
  } as Schema;
}

/**
 * Lets a variable stand wherever only some texts, or no text at all, would do, and lets maps be
 * incomplete, for a base may have the rest; lists are taken as a whole.
 */
function openToVariables(schema: Schema, whole = false): Schema {
  const { properties, additionalProperties: more, items, required, ...rest } = schema;
  const narrow = ["integer", "number", "boolean"].includes(String(schema.type));
  if (narrow || schema.enum || schema.pattern !== undefined) {
    const { default: fallback, description, ...checked } = schema;
    return {
      ...(description === undefined ? {} : { description }),
      ...(fallback === undefined ? {} : { default: fallback }),
      anyOf: [checked, VARIABLE],
    } as Schema;
  }
  return {
    ...rest,
    ...(whole && required ? { required } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, child]) => [
              key,
              openToVariables(child as Schema, whole),
            ]),
          ),
        }
      : {}),
    ...(more === undefined
      ? {}
      : { additionalProperties: typeof more === "object" ? openToVariables(more, whole) : more }),
    ...(items === undefined
      ? {}
      : { items: typeof items === "object" ? openToVariables(items as Schema, true) : items }),
  } as Schema;
}
