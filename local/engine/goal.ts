import type { Resource, Timeouts } from "#local/engine/state";
import { nameOf, urnOf } from "#local/engine/state";
import { type Props, Secret } from "#local/engine/value";

/** What the program asks for: one resource as it should be. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  /** A component that its provider puts together. */
  remote: boolean;
  parent?: string | undefined;
  inputs: Props;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  /** A provider reference, or undefined for an inherited or default one. */
  provider?: string | undefined;
  /** Provider references by package, for this resource and its children. */
  providers: Record<string, string>;
  version: string;
  aliases: Alias[];
  additionalSecretOutputs: string[];
  customTimeouts: Timeouts;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  deleteBeforeReplace?: boolean | undefined;
  protect?: boolean | undefined;
  retainOnDelete?: boolean | undefined;
  deletedWith?: string | undefined;
  sourcePosition?: string | undefined;
  /** What the program changes in this resource and in everything below it. */
  transforms: Transform[];
}

/** Changes what is asked for before anything is made of it; throws a sentence if it can't. */
export type Transform = (goal: Goal) => Promise<Goal>;

/** Another way in which a resource may be known in state. */
export type Alias =
  | { urn: string }
  | {
      name?: string;
      type?: string;
      stack?: string;
      project?: string;
      /** `null`: it had no parent. `undefined`: the same parent as now. */
      parent?: string | null;
    };

/**
 * The URNs under which a resource may stand in state: its own aliases, and what its parent's
 * (in `known`) imply for it.
 */
export function aliasUrns(
  goal: Goal,
  stack: string,
  project: string,
  known: ReadonlyMap<string, string[]>,
): string[] {
  const { parent: parentNow } = goal;
  const oldParents = parentNow === undefined ? [] : (known.get(parentNow) ?? []);
  const urns: string[] = [];
  for (const alias of goal.aliases) {
    if ("urn" in alias) {
      urns.push(alias.urn);
      continue;
    }
    const { name = goal.name, type = goal.type } = alias;
    const parents = alias.parent === undefined ? [parentNow, ...oldParents] : [alias.parent];
    for (const parent of parents) {
      urns.push(urnOf(alias.stack ?? stack, alias.project ?? project, parent ?? "", type, name));
    }
  }
  for (const oldParent of oldParents) {
    const [now, then] = [nameOf(parentNow ?? ""), nameOf(oldParent)];
    const moved = goal.name.startsWith(now) ? then + goal.name.slice(now.length) : goal.name;
    for (const name of [moved, goal.name]) {
      urns.push(urnOf(stack, project, oldParent, goal.type, name));
    }
  }
  return urns;
}

/** The resource that a goal asks for, as state will have it. */
export function resourceFor(goal: Goal, urn: string, extra: Partial<Resource>): Resource {
  return {
    urn,
    type: goal.type,
    custom: goal.custom,
    inputs: goal.inputs,
    outputs: {},
    dependencies: goal.dependencies,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    initErrors: [],
    ...(goal.parent && { parent: goal.parent }),
    ...(goal.protect && { protect: true }),
    ...(goal.retainOnDelete && { retainOnDelete: true }),
    ...(goal.deletedWith && { deletedWith: goal.deletedWith }),
    ...(goal.sourcePosition && { sourcePosition: goal.sourcePosition }),
    customTimeouts: goal.customTimeouts,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
    ...extra,
  };
}

/** Outputs as state keeps them: secret where the program says so, or the same input is secret. */
export function sealOutputs(
  outputs: Props,
  inputs: Props,
  secretOutputs: readonly string[],
): Props {
  const sealed = { ...outputs };
  for (const [key, value] of Object.entries(outputs)) {
    const secret = inputs[key] instanceof Secret || secretOutputs.includes(key);
    if (secret && !(value instanceof Secret)) sealed[key] = new Secret(value);
  }
  return sealed;
}

/** A goal with nothing but a type, a name and inputs. */
export function newGoal(type: string, name: string, inputs: Props): Goal {
  return {
    type,
    name,
    inputs,
    custom: true,
    remote: false,
    dependencies: [],
    propertyDependencies: {},
    providers: {},
    version: "",
    aliases: [],
    additionalSecretOutputs: [],
    customTimeouts: {},
    ignoreChanges: [],
    replaceOnChanges: [],
    transforms: [],
  };
}
