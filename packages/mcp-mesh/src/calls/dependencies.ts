import {
  type CallOptions,
  DeadlineExceededError,
  type DependencySpec,
  DependencyUnavailableError,
  type MeshRuntime,
  type ToolResult,
} from "mcp-mesh-types";
import { dependencyCalls } from "../metrics.ts";
import type { OwnTool } from "../own-tools.ts";
import type { ResolvedByTool } from "../registry-client.ts";
import type { AgentTracing } from "../tracing/agent.ts";
import { budget } from "./deadline.ts";
import { Endpoints } from "./endpoints.ts";
import { callTarget } from "./failover.ts";
import { Wiring } from "./wiring.ts";

export interface DependenciesOptions {
  config: Record<string, unknown>;
  /** How long a call may take unless the caller says otherwise. */
  callTimeoutMs: number;
  /** The zone that this agent runs in, whose endpoints come first. */
  zone?: string | undefined;
  tracing?: AgentTracing | undefined;
}

/** The agent's dependencies, called where the registry's wiring says. */
export class Dependencies implements MeshRuntime {
  readonly config: Record<string, unknown>;
  readonly #options: DependenciesOptions;
  readonly #endpoints = new Endpoints();
  readonly #wiring = new Wiring(this.#endpoints);

  constructor(options: DependenciesOptions) {
    this.config = options.config;
    this.#options = options;
  }

  /** Takes over the wiring that the registry gave for these tools; returns the Services in it. */
  rewire(tools: OwnTool[], resolved: ResolvedByTool): string[] {
    this.#wiring.update(tools, resolved);
    return this.#wiring.services();
  }

  /** Closes the connections once no call is under way on them. */
  close(): void {
    this.#endpoints.retain(new Set());
  }

  async call(
    dependency: DependencySpec,
    args: Record<string, unknown>,
    { timeoutMs, signal }: CallOptions,
  ): Promise<ToolResult> {
    const { capability } = dependency;
    signal?.throwIfAborted();
    const target = this.#wiring.find(dependency);
    if (!target) throw new DependencyUnavailableError(capability, "no agent in the mesh offers it");
    const { callTimeoutMs, zone, tracing } = this.#options;
    const limitMs = budget(timeoutMs ?? callTimeoutMs);
    if (limitMs <= 0) throw new DeadlineExceededError(capability, 0);
    const end = dependencyCalls.startTimer({ capability });
    try {
      const call = { capability, target, args, limitMs, signal };
      const result = await callTarget(call, zone, tracing);
      end({ outcome: result.isError ? "tool_error" : "ok" });
      return result;
    } catch (error) {
      end({ outcome: "failed" });
      throw error;
    }
  }
}
