import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { DependencySpec } from "./metadata.ts";
import { attachedRuntime, type CallOptions } from "./runtime.ts";

/** Thrown by a dependency that cannot be called: no runtime, nobody offers it, or nobody answers. */
export class DependencyUnavailableError extends Error {
  override readonly name = "DependencyUnavailableError";
  readonly capability: string;

  constructor(capability: string, reason: string, options?: ErrorOptions) {
    super(`The capability "${capability}" is unavailable: ${reason}`, options);
    this.capability = capability;
  }

  /** Recognises the error across bundles, where `instanceof` cannot. */
  static is(error: unknown): error is DependencyUnavailableError {
    return error instanceof Error && error.name === "DependencyUnavailableError";
  }
}

/**
 * Another agent's tool, called by what it can do. The result is the tool's own, so look at its
 * `isError`. Rejects with a DependencyUnavailableError if there is nobody to call.
 */
export interface Dependency<Args extends Record<string, unknown> = Record<string, unknown>> {
  (args: Args, options?: CallOptions): Promise<CallToolResult>;
  readonly spec: DependencySpec;
}

/**
 * Declares a capability of another agent: list the result in `mesh({ dependencies })`, and call it.
 * The runtime is looked up at each call, so that declaring one does nothing.
 */
export function dependency<Args extends Record<string, unknown> = Record<string, unknown>>(
  spec: DependencySpec,
): Dependency<Args> {
  const call = async (args: Args, options: CallOptions = {}): Promise<CallToolResult> => {
    const runtime = attachedRuntime();
    if (!runtime) {
      throw new DependencyUnavailableError(spec.capability, "this process runs outside a mesh");
    }
    return runtime.call(spec, args, options);
  };
  return Object.assign(call, { spec });
}
