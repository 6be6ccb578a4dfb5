import { HaltedError } from "#local/engine/errors";
import type { Executor } from "#local/engine/executor";
import type { PolicyHost } from "#local/engine/policy";
import { parseReference, type Resource } from "#local/engine/state";
import type { Props } from "#local/engine/value";

/** What the policies' judgements mean for an operation. */
export class Police {
  /** Whether something mandatory was violated. */
  refused = false;
  private readonly executor: Executor;
  private readonly policies: PolicyHost;
  /** What a preview did not wait for. */
  private readonly pending: Promise<void>[] = [];

  constructor(executor: Executor, policies: PolicyHost) {
    this.executor = executor;
    this.policies = policies;
  }

  /**
   * Judges what a resource is about to be; returns its inputs, remediated. An update waits for the
   * verdict; a preview goes on while the packs are still thinking.
   */
  async judge(resource: Resource): Promise<Props> {
    const { provider: reference } = resource;
    const urn = reference === undefined ? undefined : parseReference(reference).urn;
    const provider = this.executor.snapshot.visited.find((r) => r.urn === urn);
    const { inputs, verdict } = await this.policies.judge(resource, provider);
    const heeded = this.heed(verdict);
    if (this.executor.preview) this.pending.push(this.told(heeded, resource));
    else await heeded;
    this.executor.throwIfHalted();
    return inputs;
  }

  /** Waits until the packs have judged every resource that they were asked about. */
  async settle(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** Judges the stack as a whole. */
  async judgeStack(resources: readonly Resource[]): Promise<void> {
    await this.heed(this.policies.analyzeStack(resources));
  }

  /** A preview goes on to collect what else is forbidden; an update stops here. */
  private async heed(verdict: Promise<boolean>): Promise<void> {
    if (await verdict) return;
    this.refused = true;
    if (!this.executor.preview) this.executor.halt("failed");
  }

  /** Ends the operation if a pack fails while nobody waits for it. */
  private async told(heeded: Promise<void>, { urn, type }: Resource): Promise<void> {
    try {
      await heeded;
    } catch (error) {
      try {
        this.executor.fail({ op: "create", urn, type }, error);
      } catch (halt) {
        if (!(halt instanceof HaltedError)) throw halt;
      }
    }
  }
}
