import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createLog, reason } from "mcp-mesh/log";
import { Drain } from "./drain.ts";
import { Health } from "./health.ts";
import { createManagement } from "./management.ts";
import { sessionsEnded } from "./metrics.ts";
import { Relay } from "./relay.ts";
import { LocalServer } from "./server.ts";
import { Sessions } from "./sessions.ts";
import type { Settings } from "./settings.ts";
import { SiblingPods } from "./sibling-pods.ts";
import { type Resolve, Siblings } from "./siblings.ts";

const END_MS = 5_000;
const MOST_BETWEEN_SWEEPS_MS = 15_000;

/** Longer than proxies keep a connection that nobody uses, so that none sends into a closing one. */
const KEEP_ALIVE_MS = 75_000;

export interface Serving {
  port: number;
  managementPort: number;
  stop(): void;
}

/** Starts the relay. It serves at once, and is ready once the server beside it is. */
export async function serve(
  settings: Settings,
  resolve: Resolve,
  write?: (line: string) => void,
): Promise<Serving> {
  const log = createLog("relay", settings.logLevel, write);
  const server = new LocalServer(settings.serverPort, settings.path);
  const sessions = new Sessions(settings.sessionLimit, (id, cause) => {
    sessionsEnded.inc({ cause });
    server.end(id, AbortSignal.timeout(END_MS)).catch((error: unknown) => {
      log.warn("the server did not end a session", { cause, reason: reason(error) });
    });
  });
  const health = new Health(
    (signal) => server.prove(signal),
    ({ tools }) => {
      relay.watch(tools);
      log.info("the server answers", { tools: tools.length });
    },
  );
  const { address, port, path } = settings;
  const others = new SiblingPods(new Siblings(resolve, address), port, path);
  const relay = new Relay({ address, path, server, sessions, others, health, log });
  const { idleMs, drainMs: mostMs, leaveMs: leastMs } = settings;
  const drain = new Drain(relay, sessions, { idleMs, mostMs, leastMs }, log);

  const front = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    relay.handle(request, response).catch((error: unknown) => {
      log.error("a request failed", { reason: reason(error) });
      response.destroy();
    });
  });
  // Each session may have a stream open and a call under way; the rest is room for new ones.
  front.maxConnections = 2 * settings.sessionLimit + 100;
  const management = createManagement(health, drain, sessions);
  const own = await listen(front, settings.port, settings.host);
  const managementPort = await listen(management, settings.managementPort, settings.host);
  const sweep = () => sessions.expire(drain.idleMs);
  const timer = setInterval(sweep, Math.min(MOST_BETWEEN_SWEEPS_MS, idleMs / 4));
  log.info("serving", { port: own, server_port: settings.serverPort, address });

  return {
    port: own,
    managementPort,
    stop() {
      clearInterval(timer);
      for (const each of [front, management]) {
        each.close();
        each.closeAllConnections();
      }
      log.info("stopped", { sessions: sessions.size });
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
