import { HaltedError, messageOf, UserError } from "#local/engine/errors";
import type { Listener, Op, Step } from "#local/engine/events";
import { type Diff, NotReadyError, type Provider } from "#local/engine/provider";
import type { ProviderRegistry } from "#local/engine/registry";
import type { LiveSnapshot } from "#local/engine/snapshot";
import {
  isDefaultProvider,
  isProvider,
  type PendingOperation,
  parseReference,
  type Resource,
} from "#local/engine/state";

/** What an operation on one resource may use. */
export interface Tools {
  status: (line: string) => void;
  signal: AbortSignal;
}

/** What an operation did: how state changes, and whether it failed all the same. */
export interface Done {
  change: () => void;
  error?: NotReadyError;
}

/** Carries out steps: at most `parallel` at a time, each noted in state before and after. */
export class Executor {
  readonly snapshot: LiveSnapshot;
  readonly providers: ProviderRegistry;
  readonly listener: Listener;
  readonly preview: boolean;
  /** Delete and replace what is protected, too. */
  readonly ignoreProtect: boolean;
  readonly counts: Partial<Record<Op, number>> = {};
  /** Why a resource is replaced, by its URN. */
  readonly replacing = new Map<string, Diff>();
  /** Aborted when the user does not want to wait for running operations either. */
  readonly abort = new AbortController();
  halted: "failed" | "canceled" | undefined;
  private readonly halting = Promise.withResolvers<void>();
  readonly whenHalted = this.halting.promise;
  private free: number;
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    options: Pick<Executor, "snapshot" | "providers" | "listener" | "preview"> & {
      parallel: number;
      ignoreProtect: boolean;
    },
  ) {
    this.snapshot = options.snapshot;
    this.providers = options.providers;
    this.listener = options.listener;
    this.preview = options.preview;
    this.ignoreProtect = options.ignoreProtect;
    this.free = options.parallel;
  }

  /** Lets nothing new start. */
  halt(why: "failed" | "canceled"): void {
    this.halted ??= why;
    this.halting.resolve();
  }

  throwIfHalted(): void {
    if (this.halted !== undefined) throw new HaltedError("the operation is ending");
  }

  /** Counts a step in the summary; default providers are the engine's own business. */
  count(op: Op, resource: { type: string; urn: string }): void {
    if (!isDefaultProvider(resource)) this.counts[op] = (this.counts[op] ?? 0) + 1;
  }

  /** Carries out one step, or throws `HaltedError` after telling why it could not. */
  async run(step: Step, pending: PendingOperation["type"], work: (tools: Tools) => Promise<Done>) {
    await this.acquire();
    const job = this.perform(step, pending, work);
    this.running.add(job);
    try {
      await job;
    } finally {
      this.running.delete(job);
      this.release();
    }
  }

  /** Resolves when no step runs any more. */
  async drain(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  /** The provider that a resource in state was made with. */
  async providerOf(resource: Resource): Promise<Provider> {
    const urn = resource.provider === undefined ? "" : parseReference(resource.provider).urn;
    const found = this.snapshot.current.resources.find((r) => r.urn === urn);
    if (found === undefined)
      throw new UserError(`the provider of ${resource.urn} is not in the state`);
    return this.providers.openResource(found);
  }

  /** Tells that a resource could not be dealt with, and lets nothing new start. */
  fail(step: Step, error: unknown): never {
    if (!(error instanceof HaltedError)) {
      const cancelled = this.abort.signal.aborted;
      this.halt(cancelled ? "canceled" : "failed");
      const causes = error instanceof NotReadyError ? error.reasons : [];
      const reason = [messageOf(error), ...causes.map((cause) => `    * ${cause}`)].join("\n");
      this.listener.fail(step, cancelled ? "stopped waiting" : reason);
    }
    throw new HaltedError(messageOf(error));
  }

  private async perform(
    step: Step,
    type: PendingOperation["type"],
    work: (tools: Tools) => Promise<Done>,
  ): Promise<void> {
    this.throwIfHalted();
    const started = performance.now();
    this.listener.begin(step);
    const subject = step.next ?? step.old;
    const inert = this.preview || subject?.custom !== true || isProvider(subject.type);
    const pending = subject && !inert ? { resource: subject, type } : undefined;
    try {
      if (pending !== undefined) await this.snapshot.begin(pending);
      const done = await work({
        status: (line) => this.listener.status(step, line),
        signal: this.abort.signal,
      });
      await this.snapshot.end(pending, done.change);
      if (done.error !== undefined) throw done.error;
      this.listener.end(step, (performance.now() - started) / 1000);
    } catch (error) {
      // After an abort nobody knows how far the operation got: the next run has to look.
      const known = !this.abort.signal.aborted && !(error instanceof NotReadyError);
      if (known && pending !== undefined) await this.snapshot.end(pending, () => undefined);
      this.fail(step, error);
    }
  }

  private async acquire(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free++;
    else next();
  }
}
