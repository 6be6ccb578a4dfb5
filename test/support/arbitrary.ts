import fc from "fast-check";
import type { z } from "zod";
import { jsonSchema, type Schema } from "#config/generate/json-schema";
import { resources } from "#config/shapes";

/** Random values by JSON schema, for charts. */

type Values = Record<string, unknown>;

const BYTES = ["64Mi", "200Mi", "1Gi", "1.5Gi", "134217728", "512M", 2147483648];
const CPUS = ["50m", "250m", "1", "1.5", 2];
const COUNTS = ["5", 20];

/** What free text stands for where a schema has no pattern; each is awkward for YAML in its way. */
const TEXTS = ["text", "two words", "true", "1e3", "a: b # c", '"quoted"', "{{ .Values }}", "ä\n"];

/** What a pod may mount without breaking the policy. */
const VOLUMES = [
  { name: "ca", configMap: { name: "company-ca" } },
  { name: "scratch", emptyDir: { sizeLimit: "1Mi" } },
  { name: "token", secret: { secretName: "api-token", defaultMode: 288 } },
];

/** Random values that a chart has to take: by its JSON schema, and by what zod refuses beyond it. */
export function validValues(schema: z.ZodType): fc.Arbitrary<Values> {
  const all = ofSchema(jsonSchema(schema), []) as fc.Arbitrary<Values>;
  return all.filter((values) => schema.safeParse(values).success);
}

/**
 * Random values with one mistake, and the key that a message about it has to name; none of it stands
 * under the top keys in `except`.
 */
export function brokenValues(
  schema: z.ZodType,
  except: readonly string[] = [],
): fc.Arbitrary<{ values: Values; key: string }> {
  const all = mistakes(jsonSchema(schema), []);
  return fc.constantFrom(...all.filter(({ values }) => !except.some((key) => key in values)));
}

function ofSchema(schema: Schema, path: readonly string[]): fc.Arbitrary<unknown> {
  const key = path.at(-1) ?? "";
  if (key === "volumes") return fc.subarray(VOLUMES);
  if (key === "volumeMounts") return fc.constant([]);
  if (schema.title === "quantity") return quantityOf(key);
  if (schema.title?.startsWith("requests and limits")) {
    return object(schema, path).filter((values) => resources.safeParse(values).success);
  }
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === "object") return object(schema, path);
  if (schema.type === "array") {
    const each = ofSchema(schema.items as Schema, [...path, "[]"]);
    return fc.array(each, {
      minLength: schema.minItems ?? 0,
      maxLength: (schema.minItems ?? 0) + 2,
    });
  }
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer") return number(schema);
  if (schema.type === "string") return text(schema);
  return fc.constantFrom<unknown>("text", 1, true, ["a", { b: "c" }]);
}

function quantityOf(key: string): fc.Arbitrary<unknown> {
  if (key === "pods") return fc.constantFrom<unknown>(...COUNTS);
  return fc.constantFrom<unknown>(...(key.endsWith("cpu") ? CPUS : BYTES));
}

function object(schema: Schema, path: readonly string[]): fc.Arbitrary<Values> {
  const { properties = {}, required = [], additionalProperties: more } = schema;
  const known = Object.entries(properties).filter(([, child]) => typeof child === "object");
  const fixed = fc.record(
    Object.fromEntries(
      known.map(([key, child]) => [key, ofSchema(child as Schema, [...path, key])]),
    ),
    { requiredKeys: required },
  ) as fc.Arbitrary<Values>;
  if (typeof more !== "object" || known.length > 0) return fixed;
  const names = text((schema.propertyNames as Schema | undefined) ?? { type: "string" }, true);
  return fc.dictionary(names, ofSchema(more, [...path, "*"]), { maxKeys: 3 });
}

function number({ minimum = 0, maximum = 100 }: Schema): fc.Arbitrary<number> {
  return fc.integer({ min: minimum, max: Math.min(maximum, minimum + 1000) });
}

function text(schema: Schema, asKey = false): fc.Arbitrary<string> {
  if (schema.format === "uri") return fc.constantFrom("http://r.x.svc:8000", "https://r.example/a");
  if (schema.format === "date-time") return fc.constant("2026-11-22T18:30:00Z");
  const { minLength = 0, maxLength = 200 } = schema;
  const fits = (each: string) => each.length >= minLength && each.length <= maxLength;
  if (schema.pattern)
    return fc.stringMatching(new RegExp(schema.pattern), { size: "small" }).filter(fits);
  if (asKey) return fc.stringMatching(/^[a-z]{1,9}$/);
  return fc.constantFrom(...TEXTS, "").filter(fits);
}

/** One broken key of each sort, at each place that has it. */
function mistakes(schema: Schema, path: readonly string[]): { values: Values; key: string }[] {
  const at = (key: string, value: unknown) => ({ values: nested([...path, key], value), key });
  const { properties = {}, additionalProperties: more } = schema;
  const unknown = more === false ? [at("unknownKey", "anything")] : [];
  const known = Object.entries(properties).flatMap(([key, child]) => {
    if (typeof child !== "object") return [];
    return [
      ...wrong(child).map((value) => at(key, value)),
      ...(child.type === "object" ? mistakes(child, [...path, key]) : []),
    ];
  });
  return [...unknown, ...known];
}

/** Values that a schema must not take: of another type, out of range, against the pattern. */
function wrong(schema: Schema): unknown[] {
  if (schema.enum) return ["none of these"];
  if (schema.type === "integer") {
    return [
      "many",
      1.5,
      (schema.minimum ?? 0) - 1,
      ...(schema.maximum ? [schema.maximum + 1] : []),
    ];
  }
  if (schema.type === "string") return [{ a: "map" }, ...(schema.pattern ? ["- no -"] : [])];
  if (schema.type === "boolean") return ["yes"];
  if (schema.type === "array") return ["no list"];
  if (schema.type === "object") return ["no map", ["a", "list"]];
  return [];
}

const nested = (path: readonly string[], value: unknown): Values =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;
