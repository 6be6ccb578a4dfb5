import { randomBytes } from "node:crypto";
import { deleteResource, setAside } from "#local/engine/deletes";
import { howToUnprotect, UserError } from "#local/engine/errors";
import type { Step } from "#local/engine/events";
import type { Executor, Tools } from "#local/engine/executor";
import { type Goal, resourceFor, sealOutputs } from "#local/engine/goal";
import { keepOld, parsePath } from "#local/engine/paths";
import { unknownInputs, withReplaceOnChanges } from "#local/engine/plan";
import type { Police } from "#local/engine/police";
import { type Diff, NotReadyError, type Provider } from "#local/engine/provider";
import { type Drift, driftKey, recordedState } from "#local/engine/recover";
import { type Registered, settle } from "#local/engine/settle";
import { touched } from "#local/engine/snapshot";
import { isProvider, type Resource, subjectOf } from "#local/engine/state";
import type { Props } from "#local/engine/value";

/** A resource that a provider looks after, on its way to what the program wants. */
export interface Subject {
  goal: Goal;
  urn: string;
  old: Resource | undefined;
  provider: Provider;
  reference: string;
}

/** Decides what becomes of the resources that a provider looks after, and does it. */
export class CustomResources {
  private readonly executor: Executor;
  private readonly police: Police;
  private readonly drift: Drift;

  constructor(executor: Executor, police: Police, drift: Drift) {
    this.executor = executor;
    this.police = police;
    this.drift = drift;
  }

  /** Decides; what is returned does it. */
  async decide(subject: Subject): Promise<() => Promise<Registered>> {
    const { goal, urn, provider, reference } = subject;
    const { snapshot } = this.executor;
    const recorded = subject.old;
    const pending = snapshot.pendingOf(urn);
    if (recorded?.pendingReplacement) return this.decideNew(subject, undefined);
    const begun = pending?.type === "creating" ? pending.resource.inputs : undefined;
    if (recorded === undefined) return this.decideNew(subject, begun);
    const answer = await (this.drift.get(driftKey(recorded)) ?? "unasked");
    const live = answer === "unasked" ? recordedState(recorded) : answer;
    if (live === undefined) {
      const text = "it was deleted by somebody else and will be created again";
      this.executor.listener.message(urn, "warning", text);
      setAside(snapshot, recorded);
      return this.decideNew(subject, recorded.inputs);
    }
    let news = goal.inputs;
    for (const path of goal.ignoreChanges) news = keepOld(news, recorded.inputs, parsePath(path));
    const inputs = await this.checked(subject, recorded.inputs, news);
    const { id = "" } = recorded;
    const olds = { oldInputs: live.inputs, oldOutputs: live.outputs };
    const request = { ...subjectOf(recorded), id, ...olds, newInputs: inputs };
    const found = await provider.diff(request);
    const diff = withReplaceOnChanges(found, goal.replaceOnChanges);
    if (diff.replaceKeys.length > 0) return this.decideReplace(subject, recorded, news, diff);
    const kept = { provider: reference, id, outputs: recorded.outputs };
    const next = resourceFor({ ...goal, inputs }, urn, kept);
    const unfinished = recorded.initErrors.length > 0 || pending?.type === "updating";
    const work = (tools: Tools) => this.update(subject, recorded, next, tools);
    return () => settle(this.executor, { old: recorded, next, diff, unfinished, work });
  }

  private async decideNew(subject: Subject, olds: Props | undefined) {
    const inputs = await this.checked(subject, olds, subject.goal.inputs);
    return () => this.create(subject, inputs);
  }

  private async decideReplace(subject: Subject, old: Resource, news: Props, diff: Diff) {
    const { goal, urn } = subject;
    // Taking the protection off and replacing may happen in one update.
    if (goal.protect) this.refuseIfProtected(old, "");
    if (goal.deleteBeforeReplace === false && diff.deleteBeforeReplace) {
      throw new UserError(
        `"${urn}" has to be replaced and keeps its name, so the old one must go first: drop ` +
          "`deleteBeforeReplace: false`, or the name",
      );
    }
    this.executor.replacing.set(urn, diff);
    const inputs = await this.checked(subject, undefined, news);
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return () => this.create(subject, inputs, old, diff);
    }
    const victims = [old, ...(await this.dependantsToReplace(old))].reverse();
    return async () => {
      for (const victim of victims) {
        await deleteResource(this.executor, victim, "delete-replaced");
      }
      return this.create(subject, inputs, undefined, diff);
    };
  }

  private refuseIfProtected({ urn, protect }: Resource, why: string): void {
    if (!protect || this.executor.ignoreProtect) return;
    throw new UserError(
      `unable to replace resource "${urn}"${why}\n` +
        `as it is currently marked for protection. ${howToUnprotect(urn)}`,
    );
  }

  /** What must go before `root` goes, because its own replacement follows; in state's order. */
  private async dependantsToReplace(root: Resource): Promise<Resource[]> {
    const replaced = new Set([root.urn]);
    const found: Resource[] = [];
    for (const resource of [...this.executor.snapshot.unvisited]) {
      const { urn, type, id = "", inputs: oldInputs, outputs: oldOutputs } = resource;
      if (resource === root || resource.delete || !resource.custom || resource.external) continue;
      const newInputs = unknownInputs(resource, replaced);
      if (newInputs === undefined || isProvider(type)) continue;
      const provider = await this.executor.providerOf(resource);
      const olds = { id, oldInputs, oldOutputs };
      const diff = await provider.diff({ ...subjectOf(resource), ...olds, newInputs });
      if (diff.replaceKeys.length === 0) continue;
      this.refuseIfProtected(resource, ` as part of replacing "${root.urn}"`);
      replaced.add(urn);
      found.push(resource);
    }
    return found;
  }

  /** Creates a resource, beside `old` or in the place of one that is gone already. */
  private async create(subject: Subject, inputs: Props, old?: Resource, diff?: Diff) {
    const { executor } = this;
    const { goal, urn, provider } = subject;
    const { snapshot, preview } = executor;
    const { type } = goal;
    let next = this.nextOf(subject, inputs);
    const place = snapshot.unvisited.find((r) => r.urn === urn && r.pendingReplacement);
    const replaces = old !== undefined || diff !== undefined || subject.old?.pendingReplacement;
    const op = replaces ? "create-replacement" : "create";
    const step: Step = { op, urn, type, next, diff, old: old ?? place };
    await executor.run(step, "creating", async (tools) => {
      const timeoutSeconds = goal.customTimeouts.create;
      const request = { ...subjectOf(next), ...tools, timeoutSeconds, inputs, preview };
      const made = await survive(next, () => provider.create(request));
      next = touched(preview ? { ...made.next, id: undefined } : made.next);
      step.next = next;
      const change = () => {
        if (old !== undefined) snapshot.swap(old, { ...old, delete: true });
        snapshot.finish(place, next);
      };
      return { change, error: made.error };
    });
    // A preview shows the whole besides its parts, as the CLI does.
    if (replaces && preview) executor.listener.end({ ...step, op: "replace" }, 0);
    executor.count(replaces ? "replace" : "create", next);
    return { urn, id: next.id, outputs: next.outputs };
  }

  private update(subject: Subject, old: Resource, next: Resource, tools: Tools) {
    const { goal, provider } = subject;
    const { id = "", inputs: oldInputs, outputs: oldOutputs } = old;
    return survive(next, async () => {
      const { outputs } = await provider.update({
        ...subjectOf(next),
        ...tools,
        timeoutSeconds: goal.customTimeouts.update,
        id,
        oldInputs,
        oldOutputs,
        newInputs: next.inputs,
        ignoreChanges: goal.ignoreChanges,
        preview: this.executor.preview,
      });
      return { id, outputs };
    });
  }

  private nextOf({ goal, urn, reference }: Subject, inputs: Props): Resource {
    return resourceFor({ ...goal, inputs }, urn, { provider: reference });
  }

  /** The inputs as the provider and then the policies want them. */
  private async checked(subject: Subject, olds: Props | undefined, news: Props): Promise<Props> {
    const { goal, urn, provider } = subject;
    const request = { ...subjectOf({ urn, type: goal.type }), olds, news, seed: randomBytes(32) };
    const { inputs, failures } = await provider.check(request);
    if (failures.length > 0) {
      const reasons = failures.map(({ property, reason }) =>
        property === "" ? reason : `${reason} (property '${property}')`,
      );
      const what = `${goal.type} resource '${goal.name}'`;
      throw new UserError(`${what} has a problem: ${reasons.join("; ")}`);
    }
    return this.police.judge(this.nextOf(subject, inputs));
  }
}

/** Keeps in state what exists although it did not become ready. */
async function survive(
  next: Resource,
  work: () => Promise<{ id: string; outputs: Props }>,
): Promise<{ next: Resource; error?: NotReadyError }> {
  const seal = (outputs: Props) => sealOutputs(outputs, next.inputs, next.additionalSecretOutputs);
  try {
    const { id, outputs } = await work();
    return { next: { ...next, id, outputs: seal(outputs) } };
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    const { id, outputs, reasons: initErrors } = error;
    return { next: { ...next, id, outputs: seal(outputs), initErrors }, error };
  }
}
