import { setTimeout as sleep } from "node:timers/promises";
import { type MeshRuntime, RUNTIME } from "mcp-mesh-types";
import { Dependencies } from "./calls/dependencies.ts";
import { withoutPods } from "./calls/wiring.ts";
import { Checks } from "./health/checks.ts";
import { HealthMonitor } from "./health/monitor.ts";
import { HttpActivity } from "./http/activity.ts";
import { isListening, serveManagement } from "./management.ts";
import { McpWatch } from "./mcp/watch.ts";
import { Membership } from "./membership.ts";
import { collectProcessMetrics, draining } from "./metrics.ts";
import { OwnServer } from "./own-server.ts";
import { awaitOffer, type Offer } from "./own-tools.ts";
import { RegistryClient } from "./registry-client.ts";
import { log } from "./runtime-log.ts";
import type { Settings } from "./settings.ts";
import { onShutdown } from "./shutdown.ts";
import { startAgentTracing } from "./tracing/agent.ts";
import { type Environment, notUnderstood } from "./variables.ts";
import { WiringFile } from "./wiring-file.ts";

/** How long leaving the registry may hold up a drain. */
const LEAVE_LIMIT_MS = 2_000;

/** How long the last spans may take to be delivered. */
const FLUSH_LIMIT_MS = 1_000;

/** Joins this process to the mesh: probes at once, registration as soon as the agent answers. */
export async function joinMesh(settings: Settings, env: Environment): Promise<void> {
  const { agentId, httpHost, localPort, stateFolder } = settings;
  const ignored = notUnderstood(env);
  if (ignored.length > 0) log.warn("variables that mean nothing to the runtime", { ignored });

  const registry = new RegistryClient(settings);
  const server = new OwnServer(httpHost, localPort);
  const activity = new HttpActivity(localPort);
  const wiringFile = stateFolder ? new WiringFile(stateFolder, agentId) : undefined;
  const stopping = new AbortController();
  let membership: Membership | undefined;
  let heartbeat: Promise<void> | undefined;
  const health = new HealthMonitor(new Checks(), settings.healthCheckMs, () => membership?.wake());

  const tracing = await startAgentTracing(settings);
  const { config, callTimeoutMs, zone } = settings;
  const dependencies = new Dependencies({ config, callTimeoutMs, zone, tracing });
  attach(dependencies);
  collectProcessMetrics();
  await serveManagement(settings.managementPort, {
    started: () => (membership ? undefined : "the agent does not answer MCP requests yet"),
    async ready() {
      if (stopping.signal.aborted) return "the agent is stopping";
      if (!membership) return "the agent does not answer MCP requests yet";
      if (health.problem) return health.problem;
      // An agent serves without a registry, but the first answer of one that is there comes first:
      // it brings the wiring.
      if (!membership.tried) return "the registry was not asked yet";
      return (await isListening(localPort)) ? undefined : `nothing listens on port ${localPort}`;
    },
  });

  void join();
  onShutdown(async () => {
    const end = performance.now() + settings.drainMs;
    draining.set(1);
    stopping.abort();
    await Promise.race([leave(), sleep(LEAVE_LIMIT_MS, undefined, { ref: false })]);
    // The others hear of it with their next heartbeat.
    const linger = 1.2 * settings.heartbeatMs;
    const cutOff = await activity.drain(end - performance.now(), linger);
    dependencies.close();
    await tracing?.shutdown(FLUSH_LIMIT_MS);
    log.info("stopped", { agent_id: agentId, calls_cut_off: cutOff });
  });

  async function join(): Promise<void> {
    let offer: Offer;
    try {
      offer = await awaitOffer(server, stopping.signal);
    } catch {
      return; // stopped before the agent ever answered
    }
    const kept = await wiringFile?.read();
    if (kept) dependencies.rewire(offer.tools, withoutPods(kept));
    const tools = new Set<string>();
    const offered = ({ tools: own }: Offer) => own.map((tool) => tools.add(tool.function_name));
    offered(offer);
    activity.watch(new McpWatch(tools, tracing?.server(tools)));
    membership = new Membership(offer, {
      registry,
      server,
      intervalMs: settings.heartbeatMs,
      fit: () => health.fit,
      traced: (register) => (tracing ? tracing.registration(register) : register()),
      wired(now, resolved) {
        offered(now);
        const wired = dependencies.rewire(now.tools, resolved);
        void wiringFile?.keep(resolved);
        log.info("registered", { agent_id: agentId, wired });
      },
    });
    heartbeat = membership.run(stopping.signal);
    void health.run(stopping.signal);
  }

  async function leave(): Promise<void> {
    if (!heartbeat) return;
    // Nothing may register the agent again once it has left.
    await heartbeat;
    await registry.unregister();
  }
}

function attach(runtime: MeshRuntime): void {
  (globalThis as { [RUNTIME]?: MeshRuntime })[RUNTIME] = runtime;
}
