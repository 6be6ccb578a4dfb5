/**
 * Writes kubernetes-1.36.json beside this file: what each built-in kind looks like, for rule M11.
 *
 *     node policy/schemas/generate.ts ~/go/pkg/mod/k8s.io/kubernetes@v1.36.3
 *
 * The fields come from the release's swagger.json, and the values that a field may have from its Go
 * source, because the published swagger leaves those out.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Schemas } from "#model/schema";

interface Swagger {
  paths: Record<string, Record<string, { "x-kubernetes-group-version-kind"?: GroupVersionKind }>>;
  definitions: Record<string, Definition>;
}

interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

interface Definition {
  $ref?: string;
  type?: string;
  format?: string;
  properties?: Record<string, Definition>;
  required?: string[];
  items?: Definition;
  additionalProperties?: Definition;
  "x-kubernetes-group-version-kind"?: GroupVersionKind[];
}

const release = process.argv[2];
if (!release) throw new Error("name the folder of Kubernetes' source");
const read = (path: string) => readFileSync(join(release, path), "utf8");
const swagger = JSON.parse(read("api/openapi-spec/swagger.json")) as Swagger;
const enums = enumsIn(read("pkg/generated/openapi/zz_generated.openapi.go"));
const schemas: Schemas = { namespaced: {}, clusterScoped: {}, types: {} };

for (const [path, operations] of Object.entries(swagger.paths)) {
  const scope = /^\/apis?\/([\w.-]+\/)?v\w+\/(namespaces\/\{namespace\}\/)?[a-z]+\/?$/.exec(path);
  const gvk = scope && operations.post?.["x-kubernetes-group-version-kind"];
  if (!gvk) continue;
  const name = definitionOf(gvk);
  const key = [gvk.group, gvk.version, gvk.kind].filter(Boolean).join("/");
  schemas[scope[2] ? "namespaced" : "clusterScoped"][key] = shortName(name);
  collect(name);
}
schemas.types = sorted(schemas.types);
// A namespaced collection can also be read over all namespaces, by a path without one.
for (const key of Object.keys(schemas.namespaced)) delete schemas.clusterScoped[key];
schemas.namespaced = sorted(schemas.namespaced);
schemas.clusterScoped = sorted(schemas.clusterScoped);
const file = join(import.meta.dirname, "kubernetes-1.36.json");
writeFileSync(file, `${JSON.stringify(schemas, null, 2)}\n`);

function collect(name: string) {
  const short = shortName(name);
  if (short in schemas.types) return;
  const { properties = {}, required = [] } = swagger.definitions[name] ?? {};
  const fields: Record<string, string> = {};
  schemas.types[short] = fields;
  for (const [field, definition] of Object.entries(properties)) {
    // The server writes it, and nobody's manifest is judged by it.
    if (field === "managedFields") fields[field] = "any";
    else fields[required.includes(field) ? `${field}!` : field] = typeOf(definition, name, field);
  }
}

/** A type as the schema file writes it: `int32`, `[]core.v1.Container`, `{}string`, `=Always|Never`. */
function typeOf(definition: Definition, owner: string, field: string): string {
  const { $ref, type, format, items, additionalProperties } = definition;
  if ($ref) return referenceTo($ref.replace("#/definitions/", ""));
  if (items) return `[]${typeOf(items, owner, field)}`;
  if (additionalProperties) return `{}${typeOf(additionalProperties, owner, field)}`;
  if (type === "object" || type === undefined) return "any";
  const values = enums.get(`${functionName(owner)} ${field}`);
  if (type === "string" && values) return `=${values.join("|")}`;
  return format ?? type;
}

function referenceTo(name: string): string {
  if (name.endsWith(".resource.Quantity")) return "quantity";
  const { type, format, properties } = swagger.definitions[name] ?? {};
  if (format) return format;
  if (!properties) return type === "string" ? "string" : "any";
  collect(name);
  return shortName(name);
}

function definitionOf(gvk: GroupVersionKind): string {
  const found = Object.entries(swagger.definitions).find(([, definition]) => {
    const [own, ...others] = definition["x-kubernetes-group-version-kind"] ?? [];
    const same = own?.group === gvk.group && own.version === gvk.version && own.kind === gvk.kind;
    return same && others.length === 0;
  });
  if (!found) throw new Error(`no definition of ${JSON.stringify(gvk)}`);
  return found[0];
}

/** `io.k8s.api.core.v1.Container` → `core.v1.Container`. */
function shortName(name: string): string {
  return name.split(".").slice(-3).join(".");
}

/** The end of the name of the Go function that describes the type. */
function functionName(name: string): string {
  return shortName(name).replaceAll(".", "_");
}

/** The values of each field that has a fixed set, by `<function> <field>`. */
function enumsIn(source: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let owner = "";
  let field = "";
  for (const line of source.split("\n")) {
    owner = /^func schema_\w*?([a-z0-9]+_v\w+?_[A-Z]\w*)\(ref/.exec(line)?.[1] ?? owner;
    field = /^\t{5}"([\w$-]+)": \{$/.exec(line)?.[1] ?? field;
    const values = /^\t+Enum: +\[\]interface\{\}\{(.*)\},$/.exec(line)?.[1];
    if (values) found.set(`${owner} ${field}`, JSON.parse(`[${values}]`));
  }
  return found;
}

function sorted<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
