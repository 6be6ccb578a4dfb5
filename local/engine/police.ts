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

  constructor(executor: Executor, policies: PolicyHost) {
    this.executor = executor;
    this.policies = policies;
  }

  /** Judges what a resource is about to be; returns its inputs, remediated. */
  async judge(resource: Resource): Promise<Props> {
    const { provider: reference } = resource;
    const urn = reference === undefined ? undefined : parseReference(reference).urn;
    const provider = this.executor.snapshot.visited.find((r) => r.urn === urn);
    const { inputs, allowed } = await this.policies.analyze(resource, provider);
    if (!allowed) this.refuse();
    this.executor.throwIfHalted();
    return inputs;
  }

  /** Judges the stack as a whole. */
  async judgeStack(resources: readonly Resource[]): Promise<void> {
    if (!(await this.policies.analyzeStack(resources))) this.refuse();
  }

  /** A preview goes on to collect what else is forbidden; an update stops here. */
  private refuse(): void {
    this.refused = true;
    if (!this.executor.preview) this.executor.halt("failed");
  }
}
