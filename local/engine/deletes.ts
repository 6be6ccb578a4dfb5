import { HaltedError, howToUnprotect, UserError } from "#local/engine/errors";
import type { Executor } from "#local/engine/executor";
import type { LiveSnapshot } from "#local/engine/snapshot";
import { isProvider, needsOf, type Resource, subjectOf } from "#local/engine/state";

/**
 * Deletes what the operation has not visited: each resource as soon as everything that needs it
 * is gone. Throws nothing: failures are told to the listener and halt the operation.
 */
export async function deleteUnvisited(executor: Executor): Promise<void> {
  const doomed = [...executor.snapshot.unvisited];
  const going = new Set(doomed.filter((r) => !r.delete).map(({ urn }) => urn));
  for (const resource of doomed) {
    if (!resource.protect || resource.delete || executor.ignoreProtect) continue;
    const { urn, type } = resource;
    const error = new UserError(
      `resource "${urn}" cannot be deleted\nbecause it is protected. ${howToUnprotect(urn)}`,
    );
    swallow(() => executor.fail({ op: "delete", urn, type, old: resource }, error));
  }
  if (executor.halted !== undefined) return;
  const dependants = new Map<string, Resource[]>();
  for (const resource of doomed) {
    for (const urn of new Set(needsOf(resource))) {
      const known = dependants.get(urn);
      if (known === undefined) dependants.set(urn, [resource]);
      else known.push(resource);
    }
  }
  // What needs a resource stands behind it in state, so going backwards meets it first.
  const gone = new Map<Resource, Promise<void>>();
  for (const resource of [...doomed].reverse()) {
    const before = (dependants.get(resource.urn) ?? []).filter((r) => r !== resource);
    const op = resource.delete ? "delete-replaced" : resource.external ? "discard" : "delete";
    const alongside = going.has(resource.deletedWith ?? "");
    const job = Promise.all(before.map((r) => gone.get(r))).then(() =>
      deleteResource(executor, resource, op, alongside),
    );
    job.catch(() => undefined);
    gone.set(resource, job);
  }
  for (const result of await Promise.allSettled(gone.values())) {
    if (result.status === "rejected" && !(result.reason instanceof HaltedError))
      throw result.reason;
  }
}

/**
 * Deletes one resource from the world and from state, or only from state where that is right, such
 * as when it goes with another (`alongside`). One that is deleted before its replacement comes
 * keeps its place in state, for what depends on it.
 */
export async function deleteResource(
  executor: Executor,
  resource: Resource,
  op: "delete" | "delete-replaced" | "discard",
  alongside = false,
): Promise<void> {
  const { urn, type } = resource;
  const { snapshot } = executor;
  const comesBack = op === "delete-replaced" && !resource.delete;
  const forget = {
    change: () => (comesBack ? setAside(snapshot, resource) : snapshot.remove(resource)),
  };
  const real =
    resource.custom &&
    !isProvider(type) &&
    !resource.external &&
    !resource.retainOnDelete &&
    !resource.pendingReplacement &&
    !alongside;
  const diff = op === "delete-replaced" ? executor.replacing.get(urn) : undefined;
  const step = { op, urn, type, old: resource, diff };
  await executor.run(step, "deleting", async (tools) => {
    if (!real || executor.preview) return forget;
    const provider = await executor.providerOf(resource);
    const { id = "", inputs, outputs } = resource;
    const timeoutSeconds = resource.customTimeouts?.delete;
    const subject = { ...tools, ...subjectOf(resource), timeoutSeconds };
    await provider.delete({ ...subject, id, inputs, outputs });
    return forget;
  });
  if (op !== "delete-replaced") executor.count(op, resource);
}

/** Notes that a resource is gone, in the place where its replacement will stand. */
export function setAside(snapshot: LiveSnapshot, resource: Resource): void {
  snapshot.swap(resource, { ...resource, pendingReplacement: true });
}

function swallow(work: () => void): void {
  try {
    work();
  } catch {
    // Told to the listener already.
  }
}
