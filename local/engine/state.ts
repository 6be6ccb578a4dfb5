import type { Props } from "#local/engine/value";

/** One resource of a stack, as state knows it. Never changed in place: a change is a new object. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  /** Replaced by another resource of the same URN, and still to be deleted. */
  readonly delete?: boolean;
  readonly id?: string;
  readonly inputs: Props;
  readonly outputs: Props;
  readonly parent?: string;
  readonly protect?: boolean;
  /** Read by the program, not owned by the stack. */
  readonly external?: boolean;
  readonly dependencies: readonly string[];
  readonly initErrors: readonly string[];
  /** `<URN of the provider>::<its id>` */
  readonly provider?: string;
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly pendingReplacement?: boolean;
  readonly additionalSecretOutputs: readonly string[];
  readonly customTimeouts?: Timeouts;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly created?: string;
  readonly modified?: string;
  readonly sourcePosition?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
}

/** In seconds. */
export interface Timeouts {
  create?: number;
  update?: number;
  delete?: number;
}

/** An operation that was begun and not known to have ended: a crash leaves it behind. */
export interface PendingOperation {
  readonly resource: Resource;
  readonly type: "creating" | "updating" | "deleting" | "reading";
}

export interface Snapshot {
  resources: readonly Resource[];
  pending: readonly PendingOperation[];
  metadata: object;
}

export const EMPTY: Snapshot = { resources: [], pending: [], metadata: {} };

export const STACK_TYPE = "pulumi:pulumi:Stack";
export const isStack = (resource: { type: string }): boolean => resource.type === STACK_TYPE;
export const isProvider = (type: string): boolean => type.startsWith("pulumi:providers:");
/** Whether the engine made this provider itself, for resources that name none. */
export const isDefaultProvider = (resource: { type: string; urn: string }): boolean =>
  isProvider(resource.type) && /^default(_|$)/.test(nameOf(resource.urn));

/** The logical name at the end of a URN. */
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
/** How a provider is told of a resource. */
export const subjectOf = ({ urn, type }: { urn: string; type: string }) => ({
  urn,
  type,
  name: nameOf(urn),
});
/** The chain of types in a URN, from the outermost parent (the stack left out) to its own. */
const qualifiedType = (urn: string): string => urn.split("::")[2] ?? "";

/** The URN of a resource. */
export function urnOf(
  stack: string,
  project: string,
  parent: string | undefined,
  type: string,
  name: string,
): string {
  const outer = parent === undefined || parent === "" ? "" : qualifiedType(parent);
  const chain = outer === "" || outer === STACK_TYPE ? type : `${outer}$${type}`;
  return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

/** Splits a provider reference into the provider's URN and id. */
export function parseReference(reference: string): { urn: string; id: string } {
  const at = reference.lastIndexOf("::");
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
}

/** The URNs that must exist before `resource` and outlive it. */
export function needsOf(resource: Resource): string[] {
  const needs = [...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()];
  if (resource.parent) needs.push(resource.parent);
  if (resource.provider) needs.push(parseReference(resource.provider).urn);
  if (resource.deletedWith) needs.push(resource.deletedWith);
  return needs;
}
