import type { Step } from "#local/engine/events";
import type { Executor, Tools } from "#local/engine/executor";
import type { Diff, NotReadyError } from "#local/engine/provider";
import { touched } from "#local/engine/snapshot";
import { isProvider, type Resource } from "#local/engine/state";
import type { Props } from "#local/engine/value";
import { UNKNOWN_TEXT } from "#local/engine/wire";

/** What the program gets back for a resource. */
export interface Registered {
  urn: string;
  /** Undefined for components, and for what a preview would only create. */
  id: string | undefined;
  outputs: Props;
}

/** A resource that stays what it is, whatever its inputs: created, updated or left as it is. */
export interface Settlement {
  old: Resource | undefined;
  next: Resource;
  diff: Diff | undefined;
  /** An earlier run did not finish it: updated even without a difference. */
  unfinished?: boolean;
  work: (tools: Tools) => Promise<{ next: Resource; error?: NotReadyError }>;
}

/** Carries a settlement out. */
export async function settle(executor: Executor, plan: Settlement): Promise<Registered> {
  const { old, next, diff } = plan;
  const { urn, type } = next;
  executor.throwIfHalted();
  const changes = diff?.changes === true || plan.unfinished === true;
  if (old !== undefined && !changes) {
    const same = { ...next, created: old.created, modified: old.modified };
    executor.snapshot.finish(old, same);
    executor.count("same", same);
    executor.listener.begin({ op: "same", urn, type, old, next: same });
    return registered(same);
  }
  const op = old === undefined ? "create" : "update";
  const step: Step = { op, urn, type, old, next, diff };
  let result = next;
  await executor.run(step, op === "create" ? "creating" : "updating", async (tools) => {
    const done = await plan.work(tools);
    result = touched(done.next, old?.created);
    step.next = result;
    return { change: () => executor.snapshot.finish(old, result), error: done.error };
  });
  executor.count(op, result);
  return registered(result);
}

function registered({ urn, type, id, outputs }: Resource): Registered {
  return { urn, id: id === UNKNOWN_TEXT && !isProvider(type) ? undefined : id, outputs };
}
