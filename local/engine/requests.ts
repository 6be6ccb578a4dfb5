import { relative } from "node:path";
import type { Alias as WireAlias } from "@pulumi/pulumi/proto/alias_pb.js";
import type {
  ReadResourceRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import type { SourcePosition } from "@pulumi/pulumi/proto/source_pb.js";
import { UserError } from "#local/engine/errors";
import { type Alias, type Goal, newGoal } from "#local/engine/goal";
import type { RunInfo } from "#local/engine/program";
import type { Timeouts } from "#local/engine/state";
import type { Callbacks } from "#local/engine/transforms";
import { fromStruct } from "#local/engine/wire";

/** What a program's registration asks for. */
export function toGoal(run: RunInfo, request: RegisterResourceRequest, callbacks: Callbacks): Goal {
  if (request.getImportid() !== "") {
    throw new UserError(
      `the local engine does not import: remove the \`import\` option of ${request.getName()}`,
    );
  }
  const dependencies = request.getPropertydependenciesMap().toArray() as [string, unknown][];
  const propertyDependencies = dependencies.map(([key]) => [
    key,
    request.getPropertydependenciesMap().get(key)?.getUrnsList() ?? [],
  ]);
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    remote: request.getRemote(),
    parent: request.getParent() || undefined,
    inputs: fromStruct(request.getObject()),
    dependencies: [...new Set(request.getDependenciesList())],
    propertyDependencies: Object.fromEntries(propertyDependencies) as Record<string, string[]>,
    provider: request.getProvider() || undefined,
    providers: Object.fromEntries(request.getProvidersMap().toArray() as [string, string][]),
    version: request.getVersion(),
    aliases: [
      ...request.getAliasesList().map(aliasOf),
      ...request.getAliasurnsList().map((urn) => ({ urn })),
    ],
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: timeoutsOf(request.getCustomtimeouts()),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith() || undefined,
    sourcePosition: positionOf(run, request.getSourceposition()),
    transforms: request.getTransformsList().map((one) => callbacks.transform(one)),
  };
}

/** What a program's lookup of a resource asks for. */
export function readGoal(run: RunInfo, request: ReadResourceRequest) {
  return {
    ...newGoal(request.getType(), request.getName(), fromStruct(request.getProperties())),
    id: request.getId(),
    parent: request.getParent() || undefined,
    dependencies: [...new Set(request.getDependenciesList())],
    provider: request.getProvider() || undefined,
    version: request.getVersion(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    sourcePosition: positionOf(run, request.getSourceposition()),
  };
}

/** An alias as the engine knows it. */
export function aliasOf(alias: WireAlias): Alias {
  const spec = alias.getSpec();
  if (spec === undefined) return { urn: alias.getUrn() };
  const parent = spec.getParenturn() || undefined;
  return {
    name: spec.getName() || undefined,
    type: spec.getType() || undefined,
    stack: spec.getStack() || undefined,
    project: spec.getProject() || undefined,
    parent: spec.getNoparent() ? null : parent,
  };
}

/** Timeouts in seconds. */
export function timeoutsOf(message: RegisterResourceRequest.CustomTimeouts | undefined): Timeouts {
  const { create, update, pb_delete } = { ...message?.toObject() };
  return {
    ...(create && { create: parseDuration(create) }),
    ...(update && { update: parseDuration(update) }),
    ...(pb_delete && { delete: parseDuration(pb_delete) }),
  };
}

const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** Seconds in a duration such as `1h30m` or `90s`. */
function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) {
    throw new UserError(`'${text}' is no duration; write it like 90s, 10m or 1h30m`);
  }
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ""] ?? 0), 0);
}

/**
 * Where in the program a resource is made. Native modules come as `project:///file:/…`: those of
 * the project become relative to it, others are left out (the state is nobody's address book).
 */
function positionOf(run: RunInfo, position: SourcePosition | undefined): string | undefined {
  if (position === undefined) return undefined;
  let uri = position.getUri();
  const file = /^(?:project:\/\/\/)?file:\/*(.*)$/.exec(uri)?.[1];
  if (file !== undefined) {
    const path = relative(run.project.root, `/${file}`);
    if (path.startsWith("..")) return undefined;
    uri = `project:///${path}`;
  }
  const column = position.getColumn() > 0 ? `,${position.getColumn()}` : "";
  return `${uri}#${position.getLine()}${column}`;
}
