import { decodeDeployment, encodeCheckpoint, parseCheckpoint } from "#local/engine/checkpoint";
import { deleteUnvisited } from "#local/engine/deletes";
import { Deployment } from "#local/engine/deployment";
import { HaltedError } from "#local/engine/errors";
import type { Listener, Step, Violation } from "#local/engine/events";
import { Executor } from "#local/engine/executor";
import { type Goal, newGoal } from "#local/engine/goal";
import type { PolicyHost } from "#local/engine/policy";
import { lookForDrift, recover } from "#local/engine/recover";
import { refreshAll } from "#local/engine/refresh";
import { ProviderRegistry } from "#local/engine/registry";
import { PassphraseSecrets } from "#local/engine/secrets";
import type { Registered } from "#local/engine/settle";
import { LiveSnapshot } from "#local/engine/snapshot";
import { EMPTY, nameOf, type Resource, type Snapshot } from "#local/engine/state";
import type { Props } from "#local/engine/value";
import { fakeProvider, type World } from "#test/engine/support/fake-provider";

export const THING = "fake:index:Thing";
export const GROUP = "test:index:Group";
export const secrets = await PassphraseSecrets.create("test");

export type Register = (
  name: string,
  inputs?: Props,
  options?: Partial<Goal>,
) => Promise<Registered>;
export type Program = (register: Register, deployment: Deployment) => Promise<unknown>;

/** What one run did. */
export interface Report {
  /** `op name`, in the order of the steps' ends; unchanged ones left out. */
  steps: string[];
  failures: string[];
  messages: string[];
  counts: Partial<Record<string, number>>;
  halted: string | undefined;
}

/** A stack that is run again and again in this process, its state kept as a checkpoint's text. */
export class Engine {
  readonly world: World;
  text: string | undefined;
  /** Called after every write of the state. */
  onSave: (count: number) => Promise<void> = async () => undefined;
  /** Told of everything, instead of the report. */
  listener: Listener | undefined;
  policies: Pick<PolicyHost, "judge" | "analyzeStack"> = {
    judge: async ({ inputs }) => ({ inputs, verdict: Promise.resolve(true) }),
    analyzeStack: async () => true,
  };
  ignoreProtect = false;
  private saves = 0;

  constructor(world: World, text?: string) {
    this.world = world;
    this.text = text;
  }

  get snapshot(): Snapshot {
    return this.text === undefined ? EMPTY : decodeDeployment(parseCheckpoint(this.text), secrets);
  }

  resource(name: string): Resource {
    const found = this.snapshot.resources.find((r) => nameOf(r.urn) === name && !r.delete);
    if (found === undefined) throw new Error(`no ${name} in state`);
    return found;
  }

  /** The names of the fake things in state. */
  get things(): string[] {
    return this.snapshot.resources.filter((r) => r.type === THING).map((r) => nameOf(r.urn));
  }

  up = (program: Program) => this.run(false, program);
  preview = (program: Program) => this.run(true, program);

  async destroy(): Promise<Report> {
    const { executor, report } = this.start(false);
    await recover(executor);
    await deleteUnvisited(executor);
    return this.finish(executor, report);
  }

  async refresh(): Promise<Report> {
    const { executor, report } = this.start(false);
    await refreshAll(executor);
    return this.finish(executor, report);
  }

  private async run(preview: boolean, program: Program): Promise<Report> {
    const { executor, report } = this.start(preview);
    await recover(executor);
    const deployment = new Deployment({
      executor,
      drift: lookForDrift(executor),
      policies: this.policies as PolicyHost,
      project: "test",
      stack: "dev",
      providerConfig: () => ({}),
      readStack: async () => ({ outputs: {}, secretNames: [] }),
    });
    let succeeded = true;
    try {
      const stack = await deployment.register(goal("pulumi:pulumi:Stack", "test-dev", {}));
      const register: Register = (name, inputs = {}, options = {}) =>
        deployment.register({ ...goal(THING, name, inputs), parent: stack.urn, ...options });
      await program(register, deployment);
    } catch (error) {
      if (!(error instanceof HaltedError)) throw error;
      succeeded = false;
    }
    await deployment.finish(succeeded);
    const done = await this.finish(executor, report);
    return deployment.refused ? { ...done, halted: "failed" } : done;
  }

  private start(preview: boolean) {
    const report: Report = { steps: [], failures: [], messages: [], counts: {}, halted: undefined };
    const store = async (snapshot: Snapshot) => {
      this.text = encodeCheckpoint("organization/test/dev", snapshot, secrets);
      this.saves += 1;
      await this.onSave(this.saves);
    };
    const executor = new Executor({
      snapshot: new LiveSnapshot(this.snapshot, preview ? undefined : store),
      providers: new ProviderRegistry({ fake: async () => fakeProvider(this.world) }),
      listener: this.listener ?? listen(report),
      preview,
      parallel: 4,
      ignoreProtect: this.ignoreProtect,
    });
    return { executor, report };
  }

  private async finish(executor: Executor, report: Report): Promise<Report> {
    await executor.drain();
    await executor.snapshot.save();
    return { ...report, counts: executor.counts, halted: executor.halted };
  }
}

function listen(report: Report): Listener {
  const named = (step: Step) => `${step.op} ${nameOf(step.urn)}`;
  return {
    begin: () => undefined,
    status: () => undefined,
    end: (step) => {
      if (step.op !== "same" && step.type === THING) report.steps.push(named(step));
    },
    fail: (step, reason) => void report.failures.push(`${named(step)}: ${reason}`),
    message: (_urn, _severity, text) => void report.messages.push(text),
    violation: (violation: Violation) => void report.messages.push(violation.message),
    note: () => undefined,
    finish: () => undefined,
  };
}

export const goal = (type: string, name: string, inputs: Props): Goal => ({
  ...newGoal(type, name, inputs),
  custom: type.startsWith("fake:"),
  version: "1.0.0",
});

/** Options of a goal whose property `key` came from `source`. */
export const from = (source: Registered, key: string): Partial<Goal> => ({
  dependencies: [source.urn],
  propertyDependencies: { [key]: [source.urn] },
});
