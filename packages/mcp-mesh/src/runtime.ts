import { type MeshRuntime, RUNTIME } from "mcp-mesh-types";
import { Dependencies } from "./calls/dependencies.ts";
import { Peers } from "./calls/peers.ts";
import { Wiring } from "./calls/wiring.ts";
import { keepHeartbeat } from "./heartbeat.ts";
import { HttpActivity } from "./http-activity.ts";
import { isListening, serveManagement } from "./management.ts";
import { McpWatch } from "./mcp/watch.ts";
import { collectProcessMetrics } from "./metrics.ts";
import { type Offer, readOffer } from "./own-tools.ts";
import { type Outcome, RegistryClient } from "./registry-client.ts";
import { log } from "./runtime-log.ts";
import type { Settings } from "./settings.ts";
import { onShutdown } from "./shutdown.ts";
import { startAgentTracing } from "./tracing/agent.ts";

/** How long calls in flight may take to end after SIGTERM. The pod's grace period must cover it. */
const DRAIN_LIMIT_MS = 20_000;

/** How long the last spans may take to be delivered after that. */
const FLUSH_LIMIT_MS = 3_000;

/** Joins this process to the mesh: probes at once, registration as soon as the agent answers. */
export async function startRuntime(settings: Settings): Promise<void> {
  const wiring = new Wiring();
  const peers = new Peers();
  const registry = new RegistryClient(settings);
  const activity = new HttpActivity(settings.httpPort);
  const stopping = new AbortController();
  const state = { started: false, registryTried: false };

  const tracing = await startAgentTracing(settings);
  attach(new Dependencies(settings.config, wiring, peers, tracing));
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
    await tracing?.shutdown(FLUSH_LIMIT_MS);
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
    const tools = offer.tools.map((tool) => tool.function_name);
    activity.watch(new McpWatch(tools, tracing?.server(tools)));
    const register = () => registry.register(offer);
    const exchange = (verb: "register" | "check"): Promise<Outcome> => {
      if (verb === "check") return registry.check();
      return tracing ? tracing.registration(register) : register();
    };
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
