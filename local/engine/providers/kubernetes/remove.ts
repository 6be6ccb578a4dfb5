import { setTimeout as sleep } from "node:timers/promises";
import type { Operation, ReadRequest } from "#local/engine/provider";
import { ApiError, type Client } from "#local/engine/providers/kubernetes/client";
import { annotation, flagged, list, text, title } from "#local/engine/providers/kubernetes/json";
import { isPatch } from "#local/engine/providers/kubernetes/normalize";
import {
  fetchObject,
  locate,
  managerOf,
  relinquish,
  type Session,
  UnknownKindError,
} from "#local/engine/providers/kubernetes/session";
import { follow, timeoutOf } from "#local/engine/providers/kubernetes/watch";
import type { Props } from "#local/engine/value";

/** Kinds that own nothing, so that nothing has to be collected before they can go. */
const LEAVES =
  /^(ConfigMap|Secret|ServiceAccount|Role|RoleBinding|ClusterRole|ClusterRoleBinding|NetworkPolicy|PodDisruptionBudget|HorizontalPodAutoscaler|ResourceQuota|LimitRange|PriorityClass|StorageClass|Ingress)$/;

/** Kinds for which `pulumi.com/skipAwait` also skips waiting for the end. */
const SKIPPABLE = /^(Namespace|Pod|ReplicationController|DaemonSet|Deployment|StatefulSet|Job)$/;

/** Deletes an object and waits until it is gone; see `Provider.delete`. */
export async function deleteObject(session: Session, request: ReadRequest): Promise<void> {
  const { inputs, signal } = request;
  const client = await session.client();
  let path: string;
  try {
    path = await locate(session, inputs, request.id);
  } catch (error) {
    // Without its definition no object of that kind is left.
    if (error instanceof UnknownKindError) return;
    throw error;
  }
  if (isPatch(request.type)) {
    const manager = managerOf(request.urn, inputs, request.outputs);
    if (await fetchObject(client, path))
      await relinquish(client, path, inputs, { manager, signal });
    return;
  }
  const kind = text(inputs, "kind");
  const asked = annotation(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
  const policy =
    { orphan: "Orphan", background: "Background", foreground: "Foreground" }[asked] ??
    (LEAVES.test(kind) ? "Background" : "Foreground");
  const answer = await client
    .request("DELETE", path, {
      body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: policy },
      signal,
    })
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  // The answer is a Status when the object went at once, else the object with its finalizers.
  if (!answer || answer.kind === "Status") return;
  if (SKIPPABLE.test(kind) && flagged(inputs, "pulumi.com/skipAwait")) return;
  await untilGone(client, path, answer, request, timeoutOf(inputs, request, 600));
}

/** Waits until `object` is gone, or replaced by another of its name; throws after `seconds`. */
export async function untilGone(
  client: Client,
  path: string,
  object: Props,
  request: Operation,
  seconds: number,
): Promise<void> {
  const slash = path.lastIndexOf("/");
  const name = text(object, "metadata", "name");
  const uid = text(object, "metadata", "uid");
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, request.signal]);
  let shown = "";
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const current = follow(
    client,
    { path: path.slice(0, slash), query: { fieldSelector: `metadata.name=${name}` } },
    signal,
    () => {
      const left = current().find((item) => text(item, "metadata", "uid") === uid);
      if (!left) resolve(true);
      else if (leftovers(left) !== shown) {
        shown = leftovers(left);
        request.status(shown);
      }
    },
  );
  try {
    const late = sleep(seconds * 1000, false, { signal });
    if (await Promise.race([promise, late])) return;
    throw new Error(
      `${title({ ...object, kind: object.kind ?? "" })} was not gone after ${seconds} s${shown ? ` (${shown})` : ""}: finalizers might be preventing deletion`,
    );
  } finally {
    stop.abort();
  }
}

/** Why an object is still there, as far as it says so itself. */
function leftovers(object: Props): string {
  const told = list(object, "status", "conditions")
    .filter(
      (item) => text(item, "status") === "True" && /Remaining|Failure/.test(text(item, "type")),
    )
    .map((item) => text(item, "message"));
  const finalizers = list(object, "metadata", "finalizers").map(String);
  return told.join("; ") || (finalizers.length > 0 ? `waiting for ${finalizers.join(", ")}` : "");
}
