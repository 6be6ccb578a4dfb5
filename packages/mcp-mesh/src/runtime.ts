import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import {
  type CallOptions,
  type DependencySpec,
  DependencyUnavailableError,
  type MeshRuntime,
  RUNTIME,
} from "mcp-mesh-types";
import { keepHeartbeat } from "./heartbeat.ts";
import { HttpActivity } from "./http-activity.ts";
import { reason } from "./log.ts";
import { isListening, serveManagement } from "./management.ts";
import { McpWatch } from "./mcp/watch.ts";
import { collectProcessMetrics, dependencyCalls } from "./metrics.ts";
import { type Offer, readOffer } from "./own-tools.ts";
import { isAbsence, Peers } from "./peers.ts";
import { type Outcome, RegistryClient } from "./registry-client.ts";
import { log } from "./runtime-log.ts";
import type { Settings } from "./settings.ts";
import { onShutdown } from "./shutdown.ts";
import { Wiring } from "./wiring.ts";

/** How long calls in flight may take to end after SIGTERM. The pod's grace period must cover it. */
const DRAIN_LIMIT_MS = 20_000;

/** Joins this process to the mesh: probes at once, registration as soon as the agent answers. */
export async function startRuntime(settings: Settings): Promise<void> {
  const wiring = new Wiring();
  const peers = new Peers();
  const registry = new RegistryClient(settings);
  const activity = new HttpActivity(settings.httpPort);
  const stopping = new AbortController();
  const state = { started: false, registryTried: false };

  attach(new Runtime(settings.config, wiring, peers));
  collectProcessMetrics();
  await serveManagement(settings.managementPort, {
    started: () => (state.started ? undefined : "the agent does not answer MCP requests yet"),
    async ready() {
      if (stopping.signal.aborted) return "the agent is stopping";
      if (!state.started) return "the agent does not answer MCP requests yet";
      // An agent serves without a registry, but the first answer of one that is there comes first:
      // it brings the wiring.
      if (!state.registryTried) return "the registry was not asked yet";
      if (await isListening(settings.httpPort)) return undefined;
      return `nothing listens on port ${settings.httpPort}`;
    },
  });

  const heartbeat = joinMesh();
  onShutdown(async () => {
    stopping.abort();
    await heartbeat;
    if (state.started) await registry.unregister();
    const cutOff = await activity.drain(DRAIN_LIMIT_MS);
    peers.retain(new Set());
    log.info("stopped", { agent_id: settings.agentId, calls_cut_off: cutOff });
  });

  async function joinMesh(): Promise<void> {
    let offer: Offer;
    try {
      offer = await readOffer(settings.httpPort, stopping.signal);
    } catch {
      return; // stopped before the agent ever answered
    }
    state.started = true;
    activity.watch(new McpWatch(offer.tools.map((tool) => tool.function_name)));
    const exchange = (verb: "register" | "check"): Promise<Outcome> =>
      verb === "register" ? registry.register(offer) : registry.check();
    const onOutcome = (outcome: Outcome) => {
      state.registryTried = true;
      if (outcome.kind !== "registered") return;
      wiring.update(offer.tools, outcome.resolved);
      peers.retain(wiring.endpoints());
      log.info("registered", { agent_id: settings.agentId, wired: [...wiring.endpoints()] });
    };
    await keepHeartbeat(exchange, onOutcome, settings.heartbeatMs, stopping.signal);
  }
}

function attach(runtime: MeshRuntime): void {
  (globalThis as { [RUNTIME]?: MeshRuntime })[RUNTIME] = runtime;
}

class Runtime implements MeshRuntime {
  readonly config: Record<string, unknown>;
  readonly #wiring: Wiring;
  readonly #peers: Peers;

  constructor(config: Record<string, unknown>, wiring: Wiring, peers: Peers) {
    this.config = config;
    this.#wiring = wiring;
    this.#peers = peers;
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
      const { endpoint, function_name } = target;
      const result = await this.#peers.call(endpoint, function_name, args, options);
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
