import type { DependencySpec } from "./metadata.ts";
import type { ToolResult } from "./result.ts";

export interface CallOptions {
  /** How long the whole call may take, in milliseconds; 30,000 if nobody says otherwise. */
  timeoutMs?: number;
  /** Gives the call up early, for example the `signal` that the SDK hands to a tool. */
  signal?: AbortSignal;
}

/** What the runtime (`mcp-mesh`) offers to this package. Nothing here exists without it. */
export interface MeshRuntime {
  call(
    dependency: DependencySpec,
    args: Record<string, unknown>,
    options: CallOptions,
  ): Promise<ToolResult>;
  /** The agent's own `config:` block. */
  config: Record<string, unknown>;
}

/**
 * Where the runtime puts itself on `globalThis`. A registered symbol, because the agent and the
 * runtime are bundled apart and each carries its own copy of this module.
 */
export const RUNTIME = Symbol.for("mcp-mesh.runtime");

/** The runtime that is attached to this process, or undefined. */
export function attachedRuntime(): MeshRuntime | undefined {
  return (globalThis as { [RUNTIME]?: MeshRuntime })[RUNTIME];
}

/** The agent's own configuration (`config:` in its YAML), as the mesh delivered it; empty without. */
export function agentConfig<T extends object = Record<string, unknown>>(): Partial<T> {
  return (attachedRuntime()?.config ?? {}) as Partial<T>;
}
