import { createHash } from "node:crypto";
import { ApiError, type Client } from "#local/engine/providers/kubernetes/client";
import type { connect } from "#local/engine/providers/kubernetes/connect";
import { pathOf } from "#local/engine/providers/kubernetes/discovery";
import { annotation, list, text } from "#local/engine/providers/kubernetes/json";
import { type Props, reveal, Secret, type Value } from "#local/engine/value";

/** What every operation works with: one cluster, as one provider resource configured it. */
export type Session = ReturnType<typeof connect>;

/** The server doesn't serve a kind: its CustomResourceDefinition isn't there, or not yet. */
export class UnknownKindError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(
      `the cluster knows no kind ${kind} in ${apiVersion}: install the CustomResourceDefinition first, and let this resource depend on it`,
    );
  }
}

/** The id under which state knows an object: `namespace/name`, or `name` without a namespace. */
export function idOf(object: Props): string {
  const namespace = text(object, "metadata", "namespace");
  const name = text(object, "metadata", "name");
  return namespace ? `${namespace}/${name}` : name;
}

/** The API path of the object with that id. Throws UnknownKindError. */
export async function locate(session: Session, object: Props, id: string): Promise<string> {
  const apiVersion = text(object, "apiVersion");
  const kindName = text(object, "kind");
  const kind = await session.kinds.find(apiVersion, kindName);
  if (!kind) throw new UnknownKindError(apiVersion, kindName);
  const slash = id.indexOf("/");
  const namespace = slash < 0 ? "default" : id.slice(0, slash);
  return pathOf(kind, apiVersion, namespace, id.slice(slash + 1));
}

/** The object at `path`, or undefined if there is none. */
export async function fetchObject(client: Client, path: string): Promise<Props | undefined> {
  return client.request("GET", path).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

/**
 * The field manager of a resource. It follows from the URN alone, so that an `up` after a crash
 * recognises the objects that the one before it made.
 */
export function managerOf(urn: string, inputs: Props, outputs?: Props): string {
  const digest = createHash("sha256").update(urn).digest("hex").slice(0, 8);
  return (
    annotation(inputs, "pulumi.com/patchFieldManager") ||
    text(outputs, "__fieldManager") ||
    `pulumi-kubernetes-${digest}`
  );
}

/** Whether `manager` had a hand in an object: how the objects of a killed run are recognised. */
export const isOurs = (live: Props, manager: string): boolean =>
  list(live, "metadata", "managedFields").some((entry) => text(entry, "manager") === manager);

export interface ApplyOptions {
  manager: string;
  force?: boolean;
  dryRun?: boolean;
  signal: AbortSignal;
}

/** Server-side apply. Returns the object as the server then holds it. */
export function apply(
  client: Client,
  path: string,
  object: Props,
  options: ApplyOptions,
): Promise<Props> {
  return client.request("PATCH", path, {
    query: {
      fieldManager: options.manager,
      fieldValidation: "Strict",
      ...(options.force ? { force: "true" } : {}),
      ...(options.dryRun ? { dryRun: "All" } : {}),
    },
    contentType: "application/apply-patch+yaml",
    body: reveal(object) as Props,
    signal: options.signal,
  });
}

/** Gives up every field that `manager` owns; what nobody else owns disappears. */
export function relinquish(
  client: Client,
  path: string,
  object: Props,
  options: ApplyOptions,
): Promise<Props> {
  const { name, namespace } = object.metadata as { [key: string]: Value };
  const bare: Props = {
    apiVersion: object.apiVersion ?? "",
    kind: object.kind ?? "",
    metadata: { name: name ?? "", ...(namespace ? { namespace } : {}) },
  };
  return apply(client, path, bare, options);
}

/** Outputs as state records them: the live object, and what the next diff and update need. */
export function outputsOf(live: Props, inputs: Props, manager: string): Props {
  const secret = text(live, "kind") === "Secret" && live.data !== undefined;
  return {
    ...live,
    ...(secret
      ? { data: live.data instanceof Secret ? live.data : new Secret(live.data ?? {}) }
      : {}),
    __fieldManager: manager,
    __initialApiVersion: inputs.apiVersion ?? "",
    __inputs: inputs,
  };
}
