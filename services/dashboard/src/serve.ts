import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "@mcp-mesh/registry/src/log.ts";
import type { Config } from "./config.ts";
import type { Page } from "./content.ts";
import { createHttpServer } from "./http.ts";
import { createMetrics } from "./metrics.ts";
import { readMesh } from "./registry.ts";
import { defaultPace, type Pace, startWatch } from "./watch.ts";

/** How long requests under way get to finish once the server takes no more. */
const FINISH_MS = 5_000;

export interface Serving {
  /** The port that it listens on: another than the configured one if that is 0. */
  port: number;
  /** Turns unready, keeps serving for the drain time, finishes what is under way, closes. */
  stop(): Promise<void>;
}

/** Starts a replica. It is ready at once, whether the registry is there or not. */
export async function serve(
  config: Config,
  page: Page,
  log: Log,
  pace: Pace = defaultPace,
): Promise<Serving> {
  const metrics = createMetrics();
  let draining = false;
  const watch = startWatch((stopped) => readMesh(config.registryUrl, stopped), metrics, log, pace);
  const server = createHttpServer({
    page,
    known: watch.known,
    metrics,
    log,
    draining: () => draining,
  });
  server.listen(config.port, config.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  log.info("serving", { host: config.host, port, registry: config.registryUrl });

  return {
    port,
    async stop() {
      draining = true;
      log.info("draining", { seconds: config.drainSeconds });
      await delay(config.drainSeconds * 1000);
      const closed = once(server, "close");
      server.close();
      const force = setTimeout(() => server.closeAllConnections(), FINISH_MS);
      await closed;
      clearTimeout(force);
      await watch.stop();
      log.info("stopped");
    },
  };
}
