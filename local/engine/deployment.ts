import { randomBytes, randomUUID } from "node:crypto";
import { deleteResource, deleteUnvisited } from "#local/engine/deletes";
import { UserError } from "#local/engine/errors";
import type { Step } from "#local/engine/events";
import type { Done, Executor, Tools } from "#local/engine/executor";
import { aliasUrns, type Goal, resourceFor, sealOutputs } from "#local/engine/goal";
import { keepOld, parsePath } from "#local/engine/paths";
import { changedKeys, diffInputs, unknownInputs, withReplaceOnChanges } from "#local/engine/plan";
import type { PolicyHost } from "#local/engine/policy";
import { type Diff, type Live, NotReadyError, type Provider } from "#local/engine/provider";
import { type Drift, driftKey, recordedState } from "#local/engine/recover";
import { packageOf, packageOfProvider } from "#local/engine/registry";
import { touched } from "#local/engine/snapshot";
import { isProvider, isStack, parseReference, type Resource, urnOf } from "#local/engine/state";
import { type Props, ResourceRef } from "#local/engine/value";
import { UNKNOWN_TEXT } from "#local/engine/wire";

/** What the program gets back for a resource. */
export interface Registered {
  urn: string;
  /** Undefined for components, and for what a preview would only create. */
  id: string | undefined;
  outputs: Props;
}

/** Where a resource lookup of the program (`get`, a stack reference) goes. */
export interface ReadGoal extends Goal {
  id: string;
}

export interface DeploymentOptions {
  executor: Executor;
  policies: PolicyHost;
  project: string;
  stack: string;
  /** The inputs of the default provider of a package, from the stack's configuration. */
  providerConfig: (name: string) => Props;
  /** The outputs of another stack, by the name that the program gives. */
  drift: Drift;
  readStack: (name: string) => Promise<{ outputs: Props; secretNames: string[] }>;
}

interface Subject {
  goal: Goal;
  urn: string;
  old: Resource | undefined;
  provider: Provider;
  reference: string;
}

/**
 * Brings the resources that the program registers into being. What to do is decided for one
 * resource at a time, in the order of the program's calls; doing it runs in parallel.
 */
export class Deployment {
  private readonly options: DeploymentOptions;
  private readonly executor: Executor;
  private line: Promise<unknown> = Promise.resolve();
  private readonly goals = new Map<string, Goal>();
  private readonly results = new Map<string, Registered>();
  /** Every URN under which a resource of this run may have stood in state. */
  private readonly aliases = new Map<string, string[]>();
  private readonly defaults = new Map<string, Promise<string>>();
  /** Resources that were deleted before the replacement of something that they depend on. */
  private readonly gone = new Map<string, Resource>();
  private stackOutputs: Props | undefined;
  /** Whether a policy forbids what a preview shows. */
  refused = false;

  constructor(options: DeploymentOptions) {
    this.options = options;
    this.executor = options.executor;
  }

  /** Registers one resource and brings it about. */
  async register(goal: Goal): Promise<Registered> {
    if (goal.remote) return this.construct(goal);
    const run = await this.serially(() => this.decide(this.inherit(goal)));
    const registered = await run();
    this.results.set(registered.urn, registered);
    return registered;
  }

  /** Reads an object that the program does not own. */
  async read(goal: ReadGoal): Promise<Registered> {
    const run = await this.serially(() => this.decideRead(goal));
    const registered = await run();
    this.results.set(registered.urn, registered);
    return registered;
  }

  /** What was registered under a URN in this run. */
  lookup(urn: string): Registered {
    const found = this.results.get(urn);
    if (found === undefined) throw new UserError(`unknown resource ${urn}`);
    return found;
  }

  /** Takes a component's outputs; the stack's are kept until the operation ends. */
  async registerOutputs(urn: string, outputs: Props): Promise<void> {
    const { snapshot } = this.executor;
    const resource = snapshot.visited.find((r) => r.urn === urn && !r.delete);
    if (resource === undefined) throw new UserError(`outputs of an unknown resource ${urn}`);
    if (isStack(resource)) {
      this.stackOutputs = outputs;
      return;
    }
    snapshot.swap(resource, { ...resource, outputs });
  }

  /** After the program: policies over the whole stack, deletes, and the stack's outputs. */
  async finish(succeeded: boolean): Promise<void> {
    const { executor, options } = this;
    await executor.drain();
    if (succeeded && executor.halted === undefined) {
      const allowed = await options.policies.analyzeStack(this.analysed());
      if (!allowed) this.refuse();
    }
    if (succeeded && executor.halted === undefined) await deleteUnvisited(executor);
    const stack = executor.snapshot.visited.find(isStack);
    if (stack === undefined) return;
    const complete = succeeded && executor.halted === undefined;
    const outputs = complete
      ? (this.stackOutputs ?? {})
      : { ...stack.outputs, ...this.stackOutputs };
    executor.snapshot.swap(stack, { ...stack, outputs });
  }

  private analysed(): Resource[] {
    const { visited } = this.executor.snapshot;
    return visited.map((r) => (isStack(r) ? { ...r, outputs: this.stackOutputs ?? {} } : r));
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.line.then(() => {
      this.executor.throwIfHalted();
      return work();
    });
    this.line = result.catch(() => undefined);
    return result;
  }

  /** What a resource has from its parent unless it says otherwise. */
  private inherit(goal: Goal): Goal {
    const parent = goal.parent === undefined ? undefined : this.goals.get(goal.parent);
    if (parent === undefined) return goal;
    const providers = { ...parent.providers, ...goal.providers };
    return {
      ...goal,
      providers,
      provider: goal.provider ?? (goal.custom ? providers[packageOf(goal.type)] : undefined),
      protect: goal.protect ?? parent.protect,
      retainOnDelete: goal.retainOnDelete ?? parent.retainOnDelete,
      deletedWith: goal.deletedWith ?? parent.deletedWith,
    };
  }

  private claim(goal: Goal): string {
    const { stack, project } = this.options;
    const urn = urnOf(stack, project, goal.parent, goal.type, goal.name);
    if (this.goals.has(urn)) {
      throw new UserError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    this.goals.set(urn, goal);
    return urn;
  }

  private findOld(goal: Goal, urn: string): Resource | undefined {
    const { snapshot } = this.executor;
    const { stack, project } = this.options;
    const aliases = aliasUrns(goal, stack, project, this.aliases);
    this.aliases.set(urn, aliases);
    for (const candidate of new Set([urn, ...aliases])) {
      const old = snapshot.unvisited.find((r) => r.urn === candidate && !r.delete);
      if (old === undefined) continue;
      if (old.pendingReplacement) {
        snapshot.remove(old);
        continue;
      }
      if (candidate !== urn) {
        if (this.goals.has(candidate))
          throw new UserError(`two resources claim to be ${candidate}`);
        snapshot.rename(candidate, urn);
        return snapshot.unvisited.find((r) => r.urn === urn && !r.delete);
      }
      return old;
    }
    return undefined;
  }

  private async decide(goal: Goal): Promise<() => Promise<Registered>> {
    const urn = this.claim(goal);
    const old = this.findOld(goal, urn);
    const failed = (error: unknown) =>
      this.executor.fail({ op: old ? "update" : "create", urn, type: goal.type }, error);
    try {
      if (!goal.custom) return await this.decideComponent(goal, urn, old);
      if (isProvider(goal.type)) return await this.decideProvider(goal, urn, old);
      return await this.decideCustom(goal, urn, old);
    } catch (error) {
      return failed(error);
    }
  }

  private async decideComponent(goal: Goal, urn: string, old: Resource | undefined) {
    const inputs = await this.police(resourceFor(goal, urn, {}), undefined);
    const next = resourceFor({ ...goal, inputs }, urn, { outputs: old?.outputs ?? {} });
    const diff = old === undefined ? undefined : diffInputs(old.inputs, inputs);
    return this.settle({ urn, old, next, diff, interrupted: false }, async () => ({ next }));
  }

  private async decideProvider(goal: Goal, urn: string, old: Resource | undefined) {
    const inputs = await this.police(resourceFor(goal, urn, {}), undefined);
    const { __internal: _internal, ...outputs } = inputs;
    const id = old?.id ?? (this.executor.preview ? UNKNOWN_TEXT : randomUUID());
    const next = resourceFor({ ...goal, inputs }, urn, { id, outputs });
    // Starts it now, so that it is ready when its first resource comes.
    void this.executor.providers.open(packageOfProvider(goal.type), inputs);
    const diff = old === undefined ? undefined : diffInputs(old.inputs, inputs);
    return this.settle({ urn, old, next, diff, interrupted: false }, async () => ({ next }));
  }

  private async decideCustom(goal: Goal, urn: string, recorded: Resource | undefined) {
    const live = recorded && (await this.liveOf(recorded));
    const missing = recorded !== undefined && live === undefined ? recorded : undefined;
    if (missing !== undefined) {
      this.executor.listener.message(
        urn,
        "warning",
        "it was deleted by somebody else: creating it again",
      );
      this.executor.snapshot.remove(missing);
    }
    const old = missing === undefined ? recorded : undefined;
    const reference = await this.referenceFor(goal);
    const provider = await this.openReference(reference);
    const subject: Subject = { goal, urn, old, provider, reference };
    const { pending } = this.executor.snapshot.current;
    const interrupted = pending.find((p) => p.resource.urn === (old?.urn ?? urn));
    const begun = interrupted?.type === "creating" ? interrupted.resource : undefined;
    const before = recorded ?? begun;
    let news = goal.inputs;
    if (old !== undefined) {
      for (const path of goal.ignoreChanges) news = keepOld(news, old.inputs, parsePath(path));
    }
    const checked = await this.check(subject, before?.inputs, news);
    const inputs = await this.police(this.nextOf(subject, checked), reference);
    if (old === undefined || this.gone.has(urn)) {
      const replaced = this.gone.get(urn);
      const op = replaced === undefined ? "create" : "create-replacement";
      return () => this.create(subject, inputs, op, replaced);
    }
    const diff = withReplaceOnChanges(
      await provider.diff({
        ...subjectOf(goal, urn),
        id: old.id ?? "",
        oldInputs: live?.inputs ?? old.inputs,
        oldOutputs: live?.outputs ?? old.outputs,
        newInputs: inputs,
      }),
      goal.replaceOnChanges,
    );
    if (diff.replaceKeys.length > 0) return this.decideReplace(subject, news, diff);
    const next = resourceFor({ ...goal, inputs }, urn, {
      provider: reference,
      id: old.id,
      outputs: old.outputs,
    });
    const unfinished = old.initErrors.length > 0 || interrupted?.type === "updating";
    return this.settle({ urn, old, next, diff, interrupted: unfinished }, (tools) =>
      this.update(subject, inputs, tools),
    );
  }

  /** What there is of a resource now: what state says, unless it drifted. */
  private async liveOf(resource: Resource): Promise<Live | undefined> {
    const answer = this.options.drift.get(driftKey(resource));
    return answer === undefined ? recordedState(resource) : answer;
  }

  private async decideReplace(subject: Subject, news: Props, diff: Diff) {
    const { goal, urn } = subject;
    const old = subject.old as Resource;
    if (old.protect) {
      throw new UserError(
        `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect ` +
          "the resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`",
      );
    }
    const checked = await this.check({ ...subject, old: undefined }, undefined, news);
    const inputs = await this.police(this.nextOf(subject, checked), subject.reference);
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return () => this.create(subject, inputs, "create-replacement", old, diff);
    }
    const dependants = await this.dependantsToReplace(old);
    for (const dependant of dependants) this.gone.set(dependant.urn, dependant);
    return async () => {
      for (const victim of [...dependants].reverse()) {
        await deleteResource(this.executor, victim, "delete-replaced");
      }
      await deleteResource(this.executor, old, "delete-replaced", diff);
      return this.create(subject, inputs, "create-replacement", old, diff);
    };
  }

  /** What must go before `root` goes, because its own replacement follows; in state's order. */
  private async dependantsToReplace(root: Resource): Promise<Resource[]> {
    const replaced = new Set([root.urn]);
    const found: Resource[] = [];
    for (const resource of this.executor.snapshot.unvisited) {
      if (resource === root || resource.delete || !resource.custom || resource.external) continue;
      const inputs = unknownInputs(resource, replaced);
      if (inputs === undefined || isProvider(resource.type)) continue;
      const provider = await this.executor.providerOf(resource);
      const diff = await provider.diff({
        urn: resource.urn,
        type: resource.type,
        name: resource.urn,
        id: resource.id ?? "",
        oldInputs: resource.inputs,
        oldOutputs: resource.outputs,
        newInputs: inputs,
      });
      if (diff.replaceKeys.length === 0) continue;
      replaced.add(resource.urn);
      found.push(resource);
    }
    return found;
  }

  /** Same, create or update for a resource that is not replaced. */
  private settle(
    plan: {
      urn: string;
      old: Resource | undefined;
      next: Resource;
      diff: Diff | undefined;
      interrupted: boolean;
    },
    work: (tools: Tools) => Promise<{ next: Resource; error?: NotReadyError }>,
  ): () => Promise<Registered> {
    const { urn, old, next, diff, interrupted } = plan;
    const { executor } = this;
    const changes = diff?.changes === true || interrupted;
    const op = old === undefined ? "create" : changes ? "update" : "same";
    const step: Step = { op, urn, type: next.type, old, next, diff };
    if (diff?.changes) step.changed = changedKeys(diff);
    return async () => {
      executor.throwIfHalted();
      if (op === "same" && old !== undefined) {
        const same = { ...next, created: old.created, modified: old.modified };
        step.next = same;
        executor.snapshot.finish(old, same);
        executor.count(op, same);
        executor.listener.begin(step);
        return { urn, id: same.id, outputs: same.outputs };
      }
      let result = next;
      await executor.run(step, old === undefined ? "creating" : "updating", async (tools) => {
        const done = await work(tools);
        result = touched(done.next, old?.created);
        step.next = result;
        return { change: () => executor.snapshot.finish(old, result), error: done.error };
      });
      executor.count(op, result);
      const id = result.id === UNKNOWN_TEXT && !isProvider(result.type) ? undefined : result.id;
      return { urn, id, outputs: result.outputs };
    };
  }

  private async create(
    subject: Subject,
    inputs: Props,
    op: "create" | "create-replacement",
    replaced: Resource | undefined,
    diff?: Diff,
  ): Promise<Registered> {
    const { executor } = this;
    const { goal, urn, provider } = subject;
    let next = this.nextOf(subject, inputs);
    const step: Step = { op, urn, type: goal.type, next, diff };
    if (replaced !== undefined) step.old = replaced;
    if (diff !== undefined) step.changed = changedKeys(diff);
    if (executor.preview && op === "create-replacement") step.op = "replace";
    await executor.run(step, "creating", async (tools) => {
      const made = await this.survive(next, () =>
        provider.create({
          ...subjectOf(goal, urn),
          ...tools,
          timeoutSeconds: goal.customTimeouts.create,
          inputs,
          preview: executor.preview,
        }),
      );
      next = touched({ ...made.next, ...(executor.preview && { id: undefined }) });
      step.next = next;
      return {
        change: () => {
          const old = executor.snapshot.unvisited.find((r) => r === replaced);
          if (old !== undefined) executor.snapshot.swap(old, { ...old, delete: true });
          executor.snapshot.finish(undefined, next);
        },
        error: made.error,
      } satisfies Done;
    });
    executor.count(replaced === undefined ? "create" : "replace", next);
    return { urn, id: next.id, outputs: next.outputs };
  }

  private async update(subject: Subject, inputs: Props, tools: Tools) {
    const { goal, urn, provider } = subject;
    const old = subject.old as Resource;
    const next = { ...this.nextOf(subject, inputs), id: old.id, outputs: old.outputs };
    return this.survive(next, async () => {
      const { outputs } = await provider.update({
        ...subjectOf(goal, urn),
        ...tools,
        timeoutSeconds: goal.customTimeouts.update,
        id: old.id ?? "",
        oldInputs: old.inputs,
        oldOutputs: old.outputs,
        newInputs: inputs,
        ignoreChanges: goal.ignoreChanges,
        preview: this.executor.preview,
      });
      return { id: old.id ?? "", outputs };
    });
  }

  /** Keeps in state what exists although it did not become ready. */
  private async survive(
    next: Resource,
    work: () => Promise<{ id: string; outputs: Props }>,
  ): Promise<{ next: Resource; error?: NotReadyError }> {
    const seal = (outputs: Props) =>
      sealOutputs(outputs, next.inputs, next.additionalSecretOutputs);
    try {
      const { id, outputs } = await work();
      return { next: { ...next, id, outputs: seal(outputs) } };
    } catch (error) {
      if (!(error instanceof NotReadyError)) throw error;
      const kept = { id: error.id, outputs: seal(error.outputs), initErrors: error.reasons };
      return { next: { ...next, ...kept }, error };
    }
  }

  private nextOf(subject: Subject, inputs: Props): Resource {
    const { goal, urn, reference } = subject;
    return resourceFor({ ...goal, inputs }, urn, { provider: reference });
  }

  private async check(subject: Subject, olds: Props | undefined, news: Props): Promise<Props> {
    const { goal, urn, provider } = subject;
    const seed = randomBytes(32);
    const { inputs, failures } = await provider.check({
      ...subjectOf(goal, urn),
      olds,
      news,
      seed,
    });
    if (failures.length > 0) {
      const reasons = failures.map(({ property, reason }) =>
        property === "" ? reason : `${reason} (property '${property}')`,
      );
      throw new UserError(
        `${goal.type} resource '${goal.name}' has a problem: ${reasons.join("; ")}`,
      );
    }
    return inputs;
  }

  /** Runs the policies over what a resource is about to be; returns its remediated inputs. */
  private async police(resource: Resource, reference: string | undefined): Promise<Props> {
    const { executor, options } = this;
    const urn = reference === undefined ? undefined : parseReference(reference).urn;
    const provider = executor.snapshot.visited.find((r) => r.urn === urn);
    const { inputs, allowed } = await options.policies.analyze(resource, provider);
    if (!allowed) this.refuse();
    executor.throwIfHalted();
    return inputs;
  }

  /** A preview goes on to collect what else is forbidden; an update stops here. */
  private refuse(): void {
    this.refused = true;
    if (!this.executor.preview) this.executor.halt("failed");
  }

  private async referenceFor(goal: Goal): Promise<string> {
    if (goal.provider !== undefined) return goal.provider;
    return this.defaultProvider(packageOf(goal.type), goal.version);
  }

  private openReference(reference: string): Promise<Provider> {
    const { urn } = parseReference(reference);
    const found = this.executor.snapshot.visited.find((r) => r.urn === urn);
    if (found === undefined) throw new UserError(`unknown provider ${reference}`);
    return this.executor.providers.openResource(found);
  }

  private defaultProvider(name: string, version: string): Promise<string> {
    const label = version === "" ? "default" : `default_${version.replace(/[.+]/g, "_")}`;
    const key = `${name} ${label}`;
    let reference = this.defaults.get(key);
    if (reference === undefined) {
      reference = this.registerDefault(name, version, label);
      this.defaults.set(key, reference);
    }
    return reference;
  }

  private async registerDefault(name: string, version: string, label: string): Promise<string> {
    const config = this.options.providerConfig(name);
    const inputs = { __internal: {}, ...config, ...(version !== "" && { version }) };
    const goal = providerGoal(`pulumi:providers:${name}`, label, name === "pulumi" ? {} : inputs);
    const run = await this.decide(goal);
    const { urn, id } = await run();
    return `${urn}::${id}`;
  }

  private async decideRead(goal: ReadGoal): Promise<() => Promise<Registered>> {
    const urn = this.claim(goal);
    const old = this.findOld(goal, urn);
    const reference = await this.referenceFor(goal);
    const unknown = goal.id === UNKNOWN_TEXT;
    const step: Step = { op: "read", urn, type: goal.type, ...(old && { old }) };
    return async () => {
      if (unknown) return { urn, id: undefined, outputs: {} };
      let outputs: Props = {};
      await this.executor.run(step, "reading", async (tools) => {
        const found = await this.readLive(goal, urn, reference, tools);
        outputs = sealOutputs(found.outputs, {}, goal.additionalSecretOutputs);
        const extra = { id: goal.id, external: true, provider: reference, ...found, outputs };
        const next = touched(resourceFor(goal, urn, extra), old?.created);
        return { change: () => this.executor.snapshot.finish(old, next) };
      });
      return { urn, id: goal.id, outputs };
    };
  }

  private async readLive(goal: ReadGoal, urn: string, reference: string, tools: Tools) {
    if (goal.type === "pulumi:pulumi:StackReference") {
      const { outputs, secretNames } = await this.options.readStack(goal.id);
      return {
        inputs: { name: goal.id },
        outputs: { name: goal.id, outputs, secretOutputNames: secretNames },
      };
    }
    const provider = await this.openReference(reference);
    const live = await provider.read({
      ...subjectOf(goal, urn),
      ...tools,
      id: goal.id,
      inputs: goal.inputs,
      outputs: {},
    });
    if (live === undefined) throw new UserError(`resource '${goal.id}' does not exist`);
    return { inputs: live.inputs, outputs: live.outputs };
  }

  private async construct(goal: Goal): Promise<Registered> {
    const full = this.inherit({ ...goal, custom: true });
    const provider = await this.serially(async () =>
      this.openReference(await this.referenceFor(full)),
    );
    const { urn } = await this.register({
      ...goal,
      remote: false,
      inputs: {},
      propertyDependencies: {},
    });
    if (provider.construct === undefined) throw new UserError(`${goal.type} can't be constructed`);
    const subject = { ...subjectOf(goal, urn), args: goal.inputs, preview: this.executor.preview };
    const children = await provider
      .construct(subject)
      .catch((error: unknown) => this.executor.fail({ op: "create", urn, type: goal.type }, error));
    const started = new Map<string, Promise<Registered>>();
    for (const child of children) {
      const needs = child.dependsOn.map((name) => started.get(name));
      const made = Promise.all(needs).then((ready) =>
        this.register({
          ...providerGoal(child.type, child.name, child.inputs),
          parent: urn,
          provider: full.provider,
          version: goal.version,
          dependencies: ready.flatMap((r) => (r === undefined ? [] : [r.urn])),
          propertyDependencies: Object.fromEntries(Object.keys(child.inputs).map((k) => [k, []])),
          retainOnDelete: child.retainOnDelete || undefined,
        }),
      );
      made.catch(() => undefined);
      started.set(child.name, made);
    }
    const resources = await Promise.all(started.values());
    const references = resources.map((r) => new ResourceRef(r.urn, r.id ?? UNKNOWN_TEXT));
    const registered = { urn, id: undefined, outputs: { resources: references } };
    this.results.set(urn, registered);
    return registered;
  }
}

function subjectOf(goal: Goal, urn: string): { urn: string; type: string; name: string } {
  return { urn, type: goal.type, name: goal.name };
}

/** A goal with nothing but a type, a name and inputs. */
function providerGoal(type: string, name: string, inputs: Props): Goal {
  return {
    type,
    name,
    inputs,
    custom: true,
    remote: false,
    parent: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: undefined,
    providers: {},
    version: "",
    aliases: [],
    additionalSecretOutputs: [],
    customTimeouts: {},
    ignoreChanges: [],
    replaceOnChanges: [],
    deleteBeforeReplace: undefined,
    protect: undefined,
    retainOnDelete: undefined,
    deletedWith: undefined,
    sourcePosition: undefined,
  };
}
