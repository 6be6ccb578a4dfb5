import { deleteUnvisited } from "#local/engine/deletes";
import { Deployment } from "#local/engine/deployment";
import { HaltedError, messageOf } from "#local/engine/errors";
import type { Listener, Outcome, PackInfo } from "#local/engine/events";
import { Executor } from "#local/engine/executor";
import { startMonitor } from "#local/engine/monitor";
import type { PackSource } from "#local/engine/packs";
import { PolicyHost } from "#local/engine/policy";
import { ALREADY_TOLD, type Running, startProgram } from "#local/engine/program";
import type { Config } from "#local/engine/project";
import { builtIn } from "#local/engine/providers/index";
import { lookForDrift, recover } from "#local/engine/recover";
import { refreshAll } from "#local/engine/refresh";
import { ProviderRegistry, packageOfProvider } from "#local/engine/registry";
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
  /** Delete and replace what is protected, too. */
  ignoreProtect: boolean;
  packs: PackSource[];
  message: string;
  listener: Listener;
  /** Called with what stops the operation: once gently, twice at once. */
  onStop: (stop: () => void) => void;
}

/** Carries out one operation on a stack, or previews it, and records it. */
export async function operate(stack: Stack, options: OperationOptions): Promise<Outcome> {
  const { kind, preview, listener } = options;
  const started = Date.now();
  // A preview of a new stack has nothing to decrypt and nothing to write: it needs no key.
  if (!preview || stack.exists || stack.file.salt) void stack.secrets();
  const providers = new ProviderRegistry(builtIn);
  const closers: (() => void)[] = [];
  let run: Run | undefined;
  const start = async () => {
    run = await startRun(stack, options, providers);
    return run.executor;
  };
  let end: Ending = { failed: true, packs: [] };
  try {
    end = await (kind === "update"
      ? update(stack, options, providers, start, closers)
      : withoutProgram(options, start));
  } catch (error) {
    if (!(error instanceof HaltedError)) throw error;
  } finally {
    for (const close of closers.reverse()) close();
    await providers.close();
  }
  const { before = EMPTY, executor } = run ?? {};
  const outcome: Outcome = {
    result: executor?.halted ?? (end.failed ? "failed" : "succeeded"),
    counts: executor?.counts ?? {},
    seconds: (Date.now() - started) / 1000,
    packs: end.packs,
    outputs: {
      before: outputsOf(before),
      after: outputsOf(executor?.snapshot.current ?? EMPTY),
      fresh: !before.resources.some(isStack),
    },
  };
  if (!preview) await record(stack, options, outcome, started);
  listener.finish(outcome);
  return outcome;
}

interface Run {
  before: Snapshot;
  executor: Executor;
}
interface Ending {
  failed: boolean;
  packs: PackInfo[];
}

async function update(
  stack: Stack,
  options: OperationOptions,
  providers: ProviderRegistry,
  start: () => Promise<Executor>,
  closers: (() => void)[],
): Promise<Ending> {
  const { listener, preview, parallel } = options;
  const config = await stack.config();
  const info = { project: stack.project, stack: stack.name, preview, parallel, config };
  const monitor = await startMonitor(info, listener);
  closers.push(monitor.close);
  const policies = new PolicyHost(options.packs, info, monitor.address, listener);
  closers.push(() => policies.close());
  const program = startProgram(info, monitor.address, (line) =>
    listener.message(undefined, "info", line),
  );
  closers.push(program.stop);
  // The program takes a second to load: what can be made ready meanwhile is.
  providers.warm();
  const executor = await start();
  if (options.refresh) await refreshAll(executor);
  const deployment = new Deployment({
    executor,
    drift: options.refresh ? new Map() : lookForDrift(executor),
    policies,
    project: stack.project.name,
    stack: stack.name,
    providerConfig: (name) => providerConfig(config, name),
    readStack: (name) => readOtherStack(stack, name),
  });
  monitor.serve(deployment);
  const [code, packs] = await Promise.all([exitOf(program, executor), policies.loaded()]);
  if (code !== 0) {
    if (executor.halted === undefined && code !== ALREADY_TOLD) {
      listener.message(undefined, "error", `the program ended with exit code ${code}`);
    }
    executor.halt("failed");
  }
  await deployment.finish(code === 0);
  await executor.snapshot.save();
  return { failed: executor.halted !== undefined || deployment.refused, packs };
}

/** The program's exit code; it is ended early if something failed that it waits for. */
async function exitOf(program: Running, executor: Executor): Promise<number> {
  const stopped = executor.whenHalted.then(async () => {
    await executor.drain();
    // It hears of the end through its pending calls: give it a moment to leave by itself.
    const patience = setTimeout(program.stop, 2_000);
    return program.exited.finally(() => clearTimeout(patience));
  });
  return Promise.race([program.exited, stopped]);
}

async function withoutProgram(
  { kind, refresh }: OperationOptions,
  start: () => Promise<Executor>,
): Promise<Ending> {
  const executor = await start();
  if (kind === "refresh" || refresh) await refreshAll(executor);
  if (kind === "destroy" && executor.halted === undefined) await deleteUnvisited(executor);
  await executor.drain();
  await executor.snapshot.save();
  return { failed: false, packs: [] };
}

/** Reads the state, and takes up what an earlier run left unfinished. */
async function startRun(
  stack: Stack,
  { listener, preview, parallel, ignoreProtect, onStop }: OperationOptions,
  providers: ProviderRegistry,
): Promise<Run> {
  const before = await stack.snapshot();
  const store = async (now: Snapshot) => void (await stack.save(now));
  const snapshot = new LiveSnapshot(before, preview ? undefined : store);
  for (const resource of before.resources) {
    // Most of what will be asked for is known: connect to it while the program starts.
    if (isProvider(resource.type) && providers.has(packageOfProvider(resource.type))) {
      providers.openResource(resource).catch(() => undefined);
    }
  }
  const settings = { preview, parallel, ignoreProtect };
  const executor = new Executor({ snapshot, providers, listener, ...settings });
  let stops = 0;
  onStop(() => {
    stops += 1;
    executor.halt("canceled");
    if (stops > 1) executor.abort.abort();
  });
  warnOfPending(before, listener);
  await recover(executor);
  return { before, executor };
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
  const entry = {
    kind: options.kind,
    startTime: Math.floor(started / 1000),
    message: options.message,
    environment: { "exec.kind": "cli", "runtime.name": "nodejs" },
    config: stack.file.config,
    version: 0,
    result: outcome.result === "succeeded" ? "succeeded" : "failed",
    endTime: Math.floor(Date.now() / 1000),
    resourceChanges: outcome.counts,
  };
  await stack.backend.record(stack.name, text, entry).catch((error: unknown) => {
    options.listener.message(undefined, "warning", `no history was written: ${messageOf(error)}`);
  });
}

/** The stack's outputs in a snapshot. */
export const outputsOf = (snapshot: Snapshot): Props =>
  snapshot.resources.find(isStack)?.outputs ?? {};
