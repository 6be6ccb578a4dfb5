import { deleteUnvisited } from "#local/engine/deletes";
import { Deployment } from "#local/engine/deployment";
import { HaltedError, messageOf } from "#local/engine/errors";
import type { Listener, Outcome, PackInfo } from "#local/engine/events";
import { Executor } from "#local/engine/executor";
import { startMonitor } from "#local/engine/monitor";
import { type PackSource, PolicyHost } from "#local/engine/policy";
import { ALREADY_TOLD, type Running, startProgram } from "#local/engine/program";
import type { Config } from "#local/engine/project";
import { builtIn } from "#local/engine/providers/index";
import { lookForDrift, recover } from "#local/engine/recover";
import { refreshAll } from "#local/engine/refresh";
import { ProviderRegistry } from "#local/engine/registry";
import { LiveSnapshot } from "#local/engine/snapshot";
import { readOtherStack, type Stack } from "#local/engine/stack";
import { EMPTY, isProvider, isStack, type Snapshot } from "#local/engine/state";
import { type Props, Secret } from "#local/engine/value";

export type Kind = "update" | "refresh" | "destroy";

interface OperationOptions {
  kind: Kind;
  preview: boolean;
  parallel: number;
  /** Compare state with the world first. */
  refresh: boolean;
  packs: PackSource[];
  message: string;
  listener: Listener;
  /** Called with what stops the operation: once gently, twice at once. */
  onStop: (stop: () => void) => void;
}

/** Carries out one operation on a stack, or previews it, and records it. */
export async function operate(stack: Stack, options: OperationOptions): Promise<Outcome> {
  const started = Date.now();
  const run = new Run(stack, options);
  try {
    await run.perform();
  } finally {
    await run.close();
  }
  const outcome = run.outcome((Date.now() - started) / 1000);
  if (!options.preview) await record(stack, options, outcome, started);
  options.listener.finish(outcome);
  return outcome;
}

class Run {
  private readonly stack: Stack;
  private readonly options: OperationOptions;
  private readonly providers: ProviderRegistry;
  private executor: Executor | undefined;
  private packs: PackInfo[] = [];
  private before: Snapshot = EMPTY;
  private failed = false;
  private readonly closers: (() => void)[] = [];

  constructor(stack: Stack, options: OperationOptions) {
    this.stack = stack;
    this.options = options;
    this.providers = new ProviderRegistry(builtIn);
  }

  async perform(): Promise<void> {
    const { stack, options } = this;
    if (options.preview && !stack.exists && !stack.file.salt) {
      // Nothing to decrypt and nothing to write: no key is needed.
    } else {
      void stack.secrets();
    }
    try {
      if (options.kind === "update") await this.update();
      else await this.withoutProgram();
    } catch (error) {
      this.failed = true;
      if (!(error instanceof HaltedError)) throw error;
    }
  }

  outcome(seconds: number): Outcome {
    const halted = this.executor?.halted ?? (this.failed ? "failed" : undefined);
    const counts = this.executor?.counts ?? {};
    const after = this.executor?.snapshot.current ?? EMPTY;
    const outputs = {
      before: outputsOf(this.before),
      after: outputsOf(after),
      fresh: !this.before.resources.some(isStack),
    };
    return { result: halted ?? "succeeded", counts, seconds, packs: this.packs, outputs };
  }

  async close(): Promise<void> {
    for (const close of this.closers.reverse()) close();
    await this.providers.close();
  }

  private async update(): Promise<void> {
    const { stack, options } = this;
    const { listener } = options;
    const config = await stack.config();
    const { preview, parallel } = options;
    const info = { project: stack.project, stack: stack.name, preview, parallel, config };
    const monitor = await startMonitor(info, listener);
    this.closers.push(monitor.close);
    const policies = new PolicyHost(options.packs, info, monitor.address, listener);
    this.closers.push(() => policies.close());
    const program = startProgram(info, monitor.address, (line) =>
      listener.message(undefined, "info", line),
    );
    this.closers.push(program.stop);
    const executor = await this.start();
    if (options.refresh) await refreshAll(executor);
    const drift = options.refresh ? new Map() : lookForDrift(executor);
    const deployment = new Deployment({
      executor,
      drift,
      policies,
      project: stack.project.name,
      stack: stack.name,
      providerConfig: (name) => providerConfig(config, name),
      readStack: (name) => readOtherStack(stack, name),
    });
    this.packs = await policies.loaded();
    monitor.serve(deployment);
    const code = await this.runProgram(program, executor);
    if (code !== 0) {
      if (executor.halted === undefined && code !== ALREADY_TOLD) {
        listener.message(undefined, "error", `the program ended with exit code ${code}`);
      }
      executor.halt("failed");
    }
    await deployment.finish(code === 0);
    await executor.snapshot.save();
    this.failed = executor.halted !== undefined || this.failed || deployment.refused;
  }

  /** The program's exit code; it is ended early if something failed that it waits for. */
  private async runProgram(program: Running, executor: Executor): Promise<number> {
    const stopped = executor.whenHalted.then(async () => {
      await executor.drain();
      // It hears of the end through its pending calls: give it a moment to leave by itself.
      const patience = setTimeout(program.stop, 2_000);
      return program.exited.finally(() => clearTimeout(patience));
    });
    return Promise.race([program.exited, stopped]);
  }

  private async withoutProgram(): Promise<void> {
    const executor = await this.start();
    if (this.options.kind === "refresh" || this.options.refresh) await refreshAll(executor);
    if (this.options.kind === "destroy" && executor.halted === undefined) {
      await deleteUnvisited(executor);
    }
    await executor.drain();
    await executor.snapshot.save();
  }

  private async start(): Promise<Executor> {
    const { stack, options } = this;
    const before = await stack.snapshot();
    this.before = before;
    const snapshot = new LiveSnapshot(
      before,
      options.preview ? undefined : async (now: Snapshot) => void (await stack.save(now)),
    );
    for (const resource of before.resources) {
      // Most of what will be asked for is known: connect to it while the program starts.
      if (isProvider(resource.type) && this.providers.has(resource.type.split(":")[2] ?? "")) {
        this.providers.openResource(resource).catch(() => undefined);
      }
    }
    const { listener, preview, parallel } = options;
    const executor = new Executor({
      snapshot,
      providers: this.providers,
      listener,
      preview,
      parallel,
    });
    this.executor = executor;
    let stops = 0;
    options.onStop(() => {
      stops += 1;
      executor.halt("canceled");
      if (stops > 1) executor.abort.abort();
    });
    warnOfPending(before, listener);
    await recover(executor);
    return executor;
  }
}

function warnOfPending({ pending }: Snapshot, listener: Listener): void {
  if (pending.length === 0) return;
  const lines = pending.map(
    ({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`,
  );
  listener.message(
    undefined,
    "warning",
    `The last operation was interrupted; what it left unfinished is taken up again:\n${lines.join("\n")}`,
  );
}

function providerConfig(config: Config, name: string): Props {
  const own = [...config].filter(([key]) => key.startsWith(`${name}:`));
  return Object.fromEntries(
    own.map(([key, { text, secret }]) => [
      key.slice(name.length + 1),
      secret ? new Secret(text) : text,
    ]),
  );
}

async function record(stack: Stack, options: OperationOptions, outcome: Outcome, started: number) {
  const text = await stack.backend.load(stack.name);
  if (text === undefined) return;
  const { replace = 0, ...counts } = outcome.counts;
  const entry = {
    kind: options.kind,
    startTime: Math.floor(started / 1000),
    message: options.message,
    environment: { "exec.kind": "cli", "runtime.name": "nodejs" },
    config: stack.file.config,
    result: outcome.result === "succeeded" ? ("succeeded" as const) : ("failed" as const),
    endTime: Math.floor(Date.now() / 1000),
    resourceChanges: { ...counts, ...(replace > 0 && { replace }) },
  };
  await stack.backend.record(stack.name, text, entry).catch((error: unknown) => {
    options.listener.message(undefined, "warning", `no history was written: ${messageOf(error)}`);
  });
}

/** The stack's outputs in a snapshot. */
export const outputsOf = (snapshot: Snapshot): Props =>
  snapshot.resources.find(isStack)?.outputs ?? {};
