import type { KubernetesObject } from "#model/kubernetes";
import { fromPulumi, type PulumiFacts, type Subject } from "#model/subject";

/** How Pulumi's state marks a value that is not plain JSON, and the mark of a secret. */
const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

interface Resource {
  urn?: string;
  type?: string;
  custom?: boolean;
  delete?: boolean;
  external?: boolean;
  protect?: boolean;
  retainOnDelete?: boolean;
  ignoreChanges?: string[];
  inputs?: Record<string, unknown>;
}

/** The subjects of one resource in a checkpoint, with where its inputs stand in the document. */
export interface Recorded {
  path: string;
  inputs: KubernetesObject;
  subjects: Subject[];
}

/**
 * What a stack's state holds, as `pulumi stack export` or the file backend write it; undefined for
 * a document that is something else. Providers, other packages' components, and what the stack
 * only reads or is about to delete are left out.
 */
export function fromCheckpoint(document: unknown): Recorded[] | undefined {
  const found = resourcesOf(document);
  return found?.resources.flatMap((resource, index) => {
    const { type, custom, external } = resource ?? {};
    if (!type || external || resource.delete || type.startsWith("pulumi:")) return [];
    // Kubernetes' own components install what policies look at: charts, YAML files.
    if (!custom && !type.startsWith("kubernetes:")) return [];
    const recorded = resource.inputs ?? {};
    const shown = type.endsWith(":Secret") ? withoutClosed(recorded) : recorded;
    const inputs = opened(shown) as KubernetesObject;
    const subjects = fromPulumi(type, inputs, factsOf(resource));
    return [{ path: `${found.path}[${index}].inputs`, inputs, subjects }];
  });
}

function resourcesOf(document: unknown): { path: string; resources: Resource[] } | undefined {
  const { version, deployment, checkpoint } = (document ?? {}) as Record<string, unknown>;
  if (typeof version !== "number") return undefined;
  if (isObject(deployment)) return at("deployment.resources", deployment.resources);
  if (!isObject(checkpoint)) return undefined;
  const { latest } = checkpoint;
  return at("checkpoint.latest.resources", isObject(latest) ? latest.resources : []);
}

/** A stack without resources has no list of them. */
function at(path: string, resources: unknown) {
  return { path, resources: Array.isArray(resources) ? (resources as Resource[]) : [] };
}

function factsOf({ urn = "", type = "", inputs = {}, ...options }: Resource): PulumiFacts {
  const { protect = false, ignoreChanges = [] } = options;
  return {
    urn,
    protect,
    ignoreChanges,
    ...(type.endsWith(":Secret") && { plainFields: plainFieldsOf(inputs) }),
  };
}

/** The fields of a Secret that the state holds in plain text. */
function plainFieldsOf(inputs: Record<string, unknown>): string[] {
  return ["data", "stringData"].flatMap((field) => {
    const values = inputs[field];
    if (!isObject(values) || isSecret(values)) return [];
    const plain = Object.keys(values).filter((key) => !isSecret(values[key]));
    return plain.map((key) => `${field}.${key}`);
  });
}

/**
 * A Secret without what only the stack's key opens: rules take what it holds for not known, rather
 * than for something that it does not hold.
 */
function withoutClosed(inputs: Record<string, unknown>): Record<string, unknown> {
  const cut = (value: unknown) => {
    if (isClosed(value)) return undefined;
    if (!isObject(value) || isSecret(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([, each]) => !isClosed(each)));
  };
  const fields = ["data", "stringData"].map((field) => [field, cut(inputs[field])]);
  const kept = fields.filter(([, value]) => value !== undefined);
  const { data: _, stringData: __, ...others } = inputs;
  return { ...others, ...Object.fromEntries(kept) };
}

function isClosed(value: unknown): boolean {
  return isSecret(value) && typeof (value as { plaintext?: unknown }).plaintext !== "string";
}

/** The value with its secrets opened; what only the stack's key opens is `[secret]`. */
function opened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  if (isClosed(value)) return "[secret]";
  if (isSecret(value)) return opened(parsed((value as { plaintext: string }).plaintext));
  const fields = Object.entries(value);
  return Object.fromEntries(fields.map(([key, field]) => [key, opened(field)]));
}

function parsed(plaintext: string): unknown {
  try {
    return JSON.parse(plaintext);
  } catch {
    return plaintext;
  }
}

function isSecret(value: unknown): boolean {
  return isObject(value) && value[signature] === secretMark;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
