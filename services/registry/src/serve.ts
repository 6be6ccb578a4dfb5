import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { startTracing } from "mcp-mesh/tracing";
import manifest from "../package.json" with { type: "json" };
import type { Config } from "./config.ts";
import { Database } from "./database.ts";
import { createHttpServer } from "./http.ts";
import { type Log, reason } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { Registry } from "./registry.ts";
import { Store } from "./store.ts";
import { defaultTimers, startSweeper, type Timers } from "./sweeper.ts";

/** How long requests under way get to finish once the server takes no more. */
const FINISH_MS = 10_000;

/** How long the last spans may take to be delivered after that. */
const FLUSH_LIMIT_MS = 3_000;

export interface Serving {
  /** The port that it listens on: another than the configured one if that is 0. */
  port: number;
  /** Turns unready, keeps serving for the drain time, finishes what is under way, closes. */
  stop(): Promise<void>;
}

/** Starts a replica. It serves at once, and is ready once the database and its schema are. */
export async function serve(
  config: Config,
  log: Log,
  timers: Timers = defaultTimers,
): Promise<Serving> {
  const identity = { name: "registry", version: manifest.version, instance: hostname() };
  const tracing = await startTracing(identity, log);
  const database = new Database(config.database, log, tracing);
  const store = new Store(database, config.declared);
  const metrics = createMetrics(store, config.readOnly);
  const registry = new Registry(store, config.declared, log);
  let draining = false;
  const server = createHttpServer({
    registry,
    metrics,
    log,
    tracing,
    readOnly: config.readOnly,
    draining: () => draining,
    unready: async () => (draining ? "draining" : store.check().catch(reason)),
  });
  server.listen(config.port, config.host);
  await once(server, "listening");
  const stopSweeper = startSweeper(store, timers, metrics, log);
  const { port } = server.address() as AddressInfo;
  log.info("serving", { host: config.host, port, declared_agents: config.declared.length });

  return {
    port,
    async stop() {
      draining = true;
      log.info("draining", { seconds: config.drainSeconds });
      await delay(config.drainSeconds * 1000);
      const closed = once(server, "close");
      server.close();
      const force = setTimeout(() => {
        log.warn("closing connections whose requests did not finish");
        server.closeAllConnections();
      }, FINISH_MS);
      await closed;
      clearTimeout(force);
      await stopSweeper();
      await database.close();
      await tracing?.shutdown(FLUSH_LIMIT_MS);
      log.info("stopped");
    },
  };
}
