import type { Executor } from "#local/engine/executor";
import type { Live } from "#local/engine/provider";
import { isProvider, type PendingOperation, type Resource, subjectOf } from "#local/engine/state";

/**
 * What the world holds of the resources in state, asked for all at once while the program loads;
 * "unasked" where the provider can't tell.
 */
export type Drift = Map<string, Promise<Live | undefined | "unasked">>;

/** One key for a resource, whatever URN it goes by; each provider may stand for another cluster. */
export const driftKey = ({ provider, type, id }: Resource): string => `${provider} ${type} ${id}`;

/** Begins to look for drift. */
export function lookForDrift(executor: Executor): Drift {
  const drift: Drift = new Map();
  for (const resource of executor.snapshot.unvisited) {
    if (
      !resource.custom ||
      isProvider(resource.type) ||
      resource.external ||
      resource.delete ||
      resource.pendingReplacement
    )
      continue;
    const answer = liveOf(executor, resource);
    answer.catch(() => undefined);
    drift.set(driftKey(resource), answer);
  }
  return drift;
}

async function liveOf(executor: Executor, resource: Resource) {
  const provider = await executor.providerOf(resource);
  // Ids tell resources apart only in the world: every random password has the id "none".
  return provider.live === undefined ? "unasked" : provider.live(requestFor(executor, resource));
}

/** What state says of a resource, in the form of an answer from the world. */
export function recordedState({ id = "", inputs, outputs, initErrors }: Resource): Live {
  return { id, inputs, outputs, initErrors: [...initErrors] };
}

function requestFor(executor: Executor, resource: Resource) {
  const { id = "", inputs, outputs } = resource;
  const quiet = { status: () => undefined, signal: executor.abort.signal };
  return { ...quiet, ...subjectOf(resource), id, inputs, outputs };
}

/**
 * Takes over what a run that was killed had begun to create: where the provider finds the object,
 * state gets it, marked as not known to be ready. What it can't find is left to be created again.
 */
export async function recover(executor: Executor): Promise<void> {
  const begun = executor.snapshot.current.pending.filter(({ type }) => type === "creating");
  await Promise.all(begun.map((operation) => adopt(executor, operation)));
}

async function adopt(executor: Executor, { resource }: PendingOperation): Promise<void> {
  const { snapshot } = executor;
  const { urn, provider: reference } = resource;
  if (reference === undefined) return;
  const provider = await executor.providerOf(resource).catch(() => undefined);
  const found = await provider?.find?.(requestFor(executor, resource));
  if (found === undefined) return;
  const old = snapshot.unvisited.find((r) => r.urn === urn && !r.delete);
  if (old !== undefined) snapshot.swap(old, { ...old, delete: true });
  const initErrors = ["its creation was interrupted"];
  snapshot.settle(urn);
  snapshot.adopt({ ...resource, id: found.id, outputs: found.outputs, initErrors });
}
