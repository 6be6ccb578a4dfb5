import { randomUUID } from "node:crypto";
import { CustomResources } from "#local/engine/custom";
import { deleteUnvisited } from "#local/engine/deletes";
import { UserError } from "#local/engine/errors";
import type { Step } from "#local/engine/events";
import type { Executor, Tools } from "#local/engine/executor";
import {
  aliasUrns,
  type Goal,
  newGoal,
  resourceFor,
  sealOutputs,
  type Transform,
} from "#local/engine/goal";
import { diffInputs } from "#local/engine/plan";
import { Police } from "#local/engine/police";
import type { PolicyHost } from "#local/engine/policy";
import type { Provider } from "#local/engine/provider";
import type { Drift } from "#local/engine/recover";
import { packageOf, packageOfProvider } from "#local/engine/registry";
import { type Registered, settle } from "#local/engine/settle";
import { touched } from "#local/engine/snapshot";
import {
  isProvider,
  isStack,
  parseReference,
  type Resource,
  subjectOf,
  urnOf,
} from "#local/engine/state";
import { type Props, ResourceRef } from "#local/engine/value";
import { UNKNOWN_TEXT } from "#local/engine/wire";

/** Where a resource lookup of the program (`get`, a stack reference) goes. */
interface ReadGoal extends Goal {
  id: string;
}

interface DeploymentOptions {
  executor: Executor;
  policies: PolicyHost;
  project: string;
  stack: string;
  /** The inputs of the default provider of a package, from the stack's configuration. */
  providerConfig: (name: string) => Props;
  drift: Drift;
  /** The outputs of another stack, by the name that the program gives. */
  readStack: (name: string) => Promise<{ outputs: Props; secretNames: string[] }>;
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
  private readonly police: Police;
  private readonly custom: CustomResources;
  private readonly transforms: Transform[] = [];
  private stackOutputs: Props | undefined;

  constructor(options: DeploymentOptions) {
    this.options = options;
    this.executor = options.executor;
    this.police = new Police(options.executor, options.policies);
    this.custom = new CustomResources(options.executor, this.police, options.drift);
  }

  /** Whether a policy forbids what a preview shows. */
  get refused(): boolean {
    return this.police.refused;
  }

  /** Lets a transform change every resource that is registered from now on. */
  transformAll(transform: Transform): void {
    this.transforms.push(transform);
  }

  /** Registers one resource and brings it about. */
  async register(asked: Goal): Promise<Registered> {
    // Inherited first: a transform answers with every option that it was told.
    const goal = await this.transformed(this.inherit(asked));
    if (goal.remote) return this.construct(goal);
    const run = await this.serially(() => this.decide(goal));
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
    const { executor } = this;
    await executor.drain();
    await this.police.settle();
    if (succeeded && executor.halted === undefined) {
      await this.police.judgeStack(this.analysed());
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

  /** What its own transforms make of a goal, then those of its parents outwards and the stack's. */
  private async transformed(goal: Goal): Promise<Goal> {
    const all = [...goal.transforms];
    for (let up = goal.parent; up !== undefined; up = this.goals.get(up)?.parent) {
      all.push(...(this.goals.get(up)?.transforms ?? []));
    }
    let result = goal;
    try {
      for (const transform of [...all, ...this.transforms]) result = await transform(result);
    } catch (error) {
      const step: Step = { op: "create", urn: this.urnOf(goal), type: goal.type };
      return this.executor.fail(step, error);
    }
    return result;
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

  private urnOf(goal: Goal): string {
    const { stack, project } = this.options;
    return urnOf(stack, project, goal.parent, goal.type, goal.name);
  }

  /** Takes a URN for this run, and finds what state has under it or an alias. */
  private claim(goal: Goal, urn: string): Resource | undefined {
    if (this.goals.has(urn)) {
      throw new UserError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    this.goals.set(urn, goal);
    const { snapshot } = this.executor;
    const { stack, project } = this.options;
    const aliases = aliasUrns(goal, stack, project, this.aliases);
    this.aliases.set(urn, aliases);
    const find = (wanted: string) => snapshot.unvisited.find((r) => r.urn === wanted && !r.delete);
    const known = [urn, ...aliases].find((candidate) => find(candidate) !== undefined);
    if (known !== undefined && known !== urn) snapshot.rename(known, urn);
    return find(urn);
  }

  private async decide(goal: Goal): Promise<() => Promise<Registered>> {
    const urn = this.urnOf(goal);
    try {
      const old = this.claim(goal, urn);
      if (!goal.custom) return await this.decidePlain(goal, urn, old, {});
      if (isProvider(goal.type)) return await this.decideProvider(goal, urn, old);
      const reference = await this.referenceFor(goal);
      const provider = await this.openReference(reference);
      return await this.custom.decide({ goal, urn, old, provider, reference });
    } catch (error) {
      return this.executor.fail({ op: "create", urn, type: goal.type }, error);
    }
  }

  /** For what exists in state alone: components and providers. */
  private async decidePlain(goal: Goal, urn: string, old: Resource | undefined, extra: object) {
    const inputs = await this.police.judge(resourceFor(goal, urn, {}));
    const kept = { outputs: old?.outputs ?? {}, ...extra };
    const next = resourceFor({ ...goal, inputs }, urn, kept);
    const diff = old === undefined ? undefined : diffInputs(old.inputs, inputs);
    return () => settle(this.executor, { old, next, diff, work: async () => ({ next }) });
  }

  private decideProvider(goal: Goal, urn: string, old: Resource | undefined) {
    // As the CLI records it: the SDK's version is an input like any other.
    const version: Props = goal.version === "" ? {} : { version: goal.version };
    const { __internal = {}, ...outputs }: Props = { ...goal.inputs, ...version };
    const inputs: Props =
      goal.type === "pulumi:providers:pulumi" ? outputs : { __internal, ...outputs };
    const id = old?.id ?? (this.executor.preview ? UNKNOWN_TEXT : randomUUID());
    // Starts it now, so that it is ready when its first resource comes.
    void this.executor.providers.open(packageOfProvider(goal.type), inputs);
    return this.decidePlain({ ...goal, inputs }, urn, old, { id, outputs });
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
    const goal = newGoal(`pulumi:providers:${name}`, label, config);
    const run = await this.decide({ ...goal, version });
    const { urn, id } = await run();
    return `${urn}::${id}`;
  }

  private async decideRead(goal: ReadGoal): Promise<() => Promise<Registered>> {
    const urn = this.urnOf(goal);
    const old = this.claim(goal, urn);
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
      ...subjectOf({ urn, type: goal.type }),
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
    const subject = {
      ...subjectOf({ urn, type: goal.type }),
      args: goal.inputs,
      preview: this.executor.preview,
    };
    const children = await provider
      .construct(subject)
      .catch((error: unknown) => this.executor.fail({ op: "create", urn, type: goal.type }, error));
    const started = new Map<string, Promise<Registered>>();
    for (const child of children) {
      const needs = child.dependsOn.map((name) => started.get(name));
      const made = Promise.all(needs).then((ready) =>
        this.register({
          ...newGoal(child.type, child.name, child.inputs),
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
