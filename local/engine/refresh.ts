import type { Step } from "#local/engine/events";
import type { Executor } from "#local/engine/executor";
import { sealOutputs } from "#local/engine/goal";
import { diffInputs } from "#local/engine/plan";
import { touched } from "#local/engine/snapshot";
import { isProvider, type Resource, subjectOf } from "#local/engine/state";

/** Reads every object of the stack and lets state say what is there. */
export async function refreshAll(executor: Executor): Promise<void> {
  const all = executor.snapshot.unvisited.filter((r) => !r.delete && !r.pendingReplacement);
  const jobs = all.map((resource) => refreshOne(executor, resource).catch(() => undefined));
  await Promise.all(jobs);
}

async function refreshOne(executor: Executor, resource: Resource): Promise<void> {
  const { urn, type, id } = resource;
  if (!resource.custom || isProvider(type) || type.startsWith("pulumi:") || id === undefined)
    return;
  const { snapshot } = executor;
  const step: Step = { op: "refresh", urn, type, old: resource, next: resource };
  await executor.run(step, "reading", async (tools) => {
    const provider = await executor.providerOf(resource);
    const { inputs, outputs } = resource;
    const live = await provider.read({ ...tools, ...subjectOf(resource), id, inputs, outputs });
    if (live === undefined) {
      step.op = "delete";
      return { change: () => snapshot.remove(resource) };
    }
    const diff = diffInputs(inputs, live.inputs);
    const same = !diff.changes && live.initErrors.join() === resource.initErrors.join();
    step.op = same ? "same" : "update";
    step.diff = diff;
    const sealed = sealOutputs(live.outputs, inputs, resource.additionalSecretOutputs);
    const found = { ...resource, id: live.id, inputs: live.inputs, outputs: sealed };
    const next = { ...found, initErrors: live.initErrors };
    step.next = same ? next : touched(next, resource.created);
    return { change: () => snapshot.swap(resource, step.next ?? resource) };
  });
  executor.count(step.op, resource);
}
