import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import {
  type CallOptions,
  type DependencySpec,
  DependencyUnavailableError,
  type MeshRuntime,
} from "mcp-mesh-types";
import { reason } from "../log.ts";
import { dependencyCalls } from "../metrics.ts";
import type { AgentTracing } from "../tracing/agent.ts";
import { isAbsence, type Peers } from "./peers.ts";
import type { Wiring } from "./wiring.ts";

/** The agent's dependencies, called where the registry's wiring says. */
export class Dependencies implements MeshRuntime {
  readonly config: Record<string, unknown>;
  readonly #wiring: Wiring;
  readonly #peers: Peers;
  readonly #tracing: AgentTracing | undefined;

  constructor(
    config: Record<string, unknown>,
    wiring: Wiring,
    peers: Peers,
    tracing?: AgentTracing,
  ) {
    this.config = config;
    this.#wiring = wiring;
    this.#peers = peers;
    this.#tracing = tracing;
  }

  async call(
    dependency: DependencySpec,
    args: Record<string, unknown>,
    options: CallOptions,
  ): Promise<CallToolResult> {
    const { capability } = dependency;
    const target = this.#wiring.find(dependency);
    if (!target) throw new DependencyUnavailableError(capability, "no agent in the mesh offers it");
    const end = dependencyCalls.startTimer({ capability });
    try {
      const { endpoint, function_name: tool } = target;
      const call = (carrier?: Record<string, string>) =>
        this.#peers.call(endpoint, tool, args, options, carrier);
      const result = this.#tracing
        ? await this.#tracing.call({ endpoint, tool, capability }, call)
        : await call();
      end({ outcome: result.isError ? "tool_error" : "ok" });
      return result;
    } catch (error) {
      end({ outcome: "failed" });
      if (options.signal?.aborted || !isAbsence(error)) throw error;
      const why = `${target.agent_id} at ${target.endpoint} does not answer (${reason(error)})`;
      throw new DependencyUnavailableError(capability, why, { cause: error });
    }
  }
}
