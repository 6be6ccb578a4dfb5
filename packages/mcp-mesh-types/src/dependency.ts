import { DependencyUnavailableError } from "./errors.ts";
import type { DependencySpec } from "./metadata.ts";
import type { ToolResult } from "./result.ts";
import { attachedRuntime, type CallOptions } from "./runtime.ts";

/** What an agent says about a dependency: which capability, and how long it waits for it. */
export interface DependencyOptions extends DependencySpec {
  /** How long each call may take, in milliseconds, unless the call says otherwise. */
  timeoutMs?: number;
}

/**
 * Another agent's tool, called by what it can do. The result is the tool's own, so look at its
 * `isError`. Rejects with a DependencyUnavailableError if there is nobody to call, and with a
 * DeadlineExceededError if the answer takes too long.
 */
export interface Dependency<
  Args extends object = Record<string, unknown>,
  Result extends object = Record<string, unknown>,
> {
  (args: Args, options?: CallOptions): Promise<ToolResult<Result>>;
  readonly spec: DependencySpec;
}

/**
 * Declares a capability of another agent: list the result in `mesh({ dependencies })`, and call it.
 * The runtime is looked up at each call, so that declaring one does nothing.
 */
export function dependency<
  Args extends object = Record<string, unknown>,
  Result extends object = Record<string, unknown>,
>({ timeoutMs, ...spec }: DependencyOptions): Dependency<Args, Result> {
  const call = async (args: Args, options: CallOptions = {}) => {
    const runtime = attachedRuntime();
    if (!runtime) {
      throw new DependencyUnavailableError(spec.capability, "this process runs outside a mesh");
    }
    const limits = { ...options, timeoutMs: options.timeoutMs ?? timeoutMs };
    const result = await runtime.call(spec, args as Record<string, unknown>, limits);
    return result as ToolResult<Result>;
  };
  return Object.assign(call, { spec });
}
