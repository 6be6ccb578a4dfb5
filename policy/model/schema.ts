import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expected, type Format, formats, isRecord, oneOf } from "#model/formats";
import { UnknownField } from "#model/known";
import type { Violation } from "#model/rule";

/** What schemas/generate.ts writes: kinds by `group/version/Kind`, each with the type that it has. */
export interface Schemas {
  namespaced: Record<string, string>;
  clusterScoped: Record<string, string>;
  /** Each type's fields; one that is required ends in `!`. */
  types: Record<string, Record<string, string>>;
}

/** A type, taken apart once: a list or mapping of another, an object with fields, or a plain value. */
interface Shape {
  list?: Shape;
  map?: Shape;
  object?: { name: string; fields: Map<string, Shape>; required: string[] };
  value?: Format;
}

/** The version of Kubernetes that objects are held against. */
export const kubernetesVersion = "1.36";

let loaded: Schemas | undefined;
const shapes = new Map<string, Shape>();

/** The schemas, read when the first rule asks for them. */
export function schemas(): Schemas {
  const file = join(import.meta.dirname, "..", "schemas", `kubernetes-${kubernetesVersion}.json`);
  loaded ??= JSON.parse(readFileSync(file, "utf8")) as Schemas;
  return loaded;
}

/** The type of a built-in kind; undefined for one that Kubernetes does not have. */
export function typeOf(apiVersion: string, kind: string): string | undefined {
  const { namespaced, clusterScoped } = schemas();
  const key = `${apiVersion}/${kind}`;
  return namespaced[key] ?? clusterScoped[key];
}

/** What in an object differs from its type. In a patch nothing is required. */
export function differences(body: object, type: string, patch: boolean): Violation[] {
  const found: Violation[] = [];
  const steps: (string | number)[] = [];
  const report = (message: string) => found.push({ path: pathOf(steps), message });

  const checkObject = (owner: Record<string, unknown>, object: NonNullable<Shape["object"]>) => {
    for (const key of Object.keys(owner)) {
      // The status is the server's to write; Pulumi keeps notes of its own beside the fields.
      if (steps.length === 0 && (key === "status" || key.startsWith("__"))) continue;
      const value = read(owner, key);
      if (value === undefined) continue;
      steps.push(key);
      const shape = object.fields.get(key);
      if (!shape) report(unknownField(key, object));
      // A field that is null counts as left out, as the server has it.
      else if (value !== null) check(value, shape);
      steps.pop();
    }
    if (patch) return;
    for (const key of object.required) {
      const value = read(owner, key);
      if (value !== undefined && value !== null) continue;
      steps.push(key);
      report(`is missing; ${object.name} requires it`);
      steps.pop();
    }
  };

  const checkElements = (owner: object, keys: Iterable<string | number>, shape: Shape) => {
    for (const key of keys) {
      const value = read(owner, key);
      if (value === undefined) continue;
      steps.push(key);
      if (value === null) report("is empty; remove it, or give it a value");
      else check(value, shape);
      steps.pop();
    }
  };

  const check = (value: unknown, { list, map, object, value: format }: Shape) => {
    if (value === unknown) return;
    if (list) {
      if (Array.isArray(value)) checkElements(value, value.keys(), list);
      else report(expected(value, "a list"));
    } else if (map || object) {
      if (!isRecord(value)) report(expected(value, "a mapping"));
      else if (map) checkElements(value, Object.keys(value), map);
      else if (object) checkObject(value, object);
    } else {
      const wrong = format?.(value);
      if (wrong) report(wrong);
    }
  };

  check(body, shapeOf(type));
  return found;
}

const unknown = Symbol("not known in this preview");

function read(owner: object, key: string | number): unknown {
  try {
    return (owner as Record<string | number, unknown>)[key];
  } catch (error) {
    if (error instanceof UnknownField) return unknown;
    throw error;
  }
}

function shapeOf(type: string): Shape {
  const known = shapes.get(type);
  if (known) return known;
  const shape: Shape = {};
  // Types contain themselves, so each is known before its fields are looked at.
  shapes.set(type, shape);
  const fields = schemas().types[type];
  if (type.startsWith("[]")) shape.list = shapeOf(type.slice(2));
  else if (type.startsWith("{}")) shape.map = shapeOf(type.slice(2));
  else if (type.startsWith("=")) shape.value = oneOf(type.slice(1).split("|"));
  else if (fields) {
    const names = Object.keys(fields);
    const entries = names.map((name) => [plain(name), shapeOf(fields[name] as string)] as const);
    const required = names.filter((name) => name.endsWith("!")).map(plain);
    shape.object = { name: plainType(type), fields: new Map(entries), required };
  } else if (type !== "any") shape.value = formats[type] as Format;
  return shape;
}

function unknownField(key: string, { name, fields }: NonNullable<Shape["object"]>): string {
  const near = [...fields.keys()].find((each) => isNear(each.toLowerCase(), key.toLowerCase()));
  const fix = near ? `write ${near}` : "remove it";
  return `is no field of ${name} in Kubernetes ${kubernetesVersion}; ${fix}`;
}

/** Whether two names are the same but for one letter, or a plural. */
function isNear(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}

function plain(field: string): string {
  return field.replace(/!$/, "");
}

function plainType(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

/** `spec.containers[0].env`, `metadata.labels["app.kubernetes.io/name"]` */
function pathOf(steps: readonly (string | number)[]): string {
  return steps
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join("")
    .replace(/^\./, "");
}
