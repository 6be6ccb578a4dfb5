import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "@mcp-mesh/registry/src/log.ts";
import { createLogin } from "./auth/login.ts";
import type { Config } from "./config.ts";
import { runbookNames, type Site } from "./content.ts";
import { type Data, dataRoutes } from "./data-routes.ts";
import { createHttpServer } from "./http.ts";
import { loginRoutes, openRoutes } from "./login-routes.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { prometheusAt } from "./prometheus.ts";
import { readMesh } from "./registry.ts";
import { createSeries } from "./series.ts";
import { probeRoutes, siteRoutes } from "./site-routes.ts";
import { readStatus } from "./status.ts";
import { defaultPace, type Pace, startWatch } from "./watch.ts";

/** How long requests under way get to finish once the server takes no more. */
const FINISH_MS = 5_000;

export interface Serving {
  /** The port that it listens on: another than the configured one if that is 0. */
  port: number;
  /** Turns unready, keeps serving for the drain time, finishes what is under way, closes. */
  stop(): Promise<void>;
}

/** Starts to watch what the page shows. */
function watchAll(config: Config, site: Site, metrics: Metrics, log: Log, pace: Pace) {
  const mesh = startWatch(
    {
      whom: "the registry",
      read: (stopped) => readMesh(config.registryUrl, stopped),
      answered: metrics.answered,
      failed: metrics.failed,
    },
    log,
    pace,
  );
  const { prometheusUrl, namespace, links } = config;
  if (!prometheusUrl) return { data: { mesh: mesh.known, links } satisfies Data, stop: mesh.stop };
  const stopping = new AbortController();
  const prometheus = prometheusAt(prometheusUrl, stopping.signal);
  const runbooks = runbookNames(site.runbooks);
  const status = startWatch(
    {
      whom: "Prometheus",
      read: () => readStatus(prometheus, namespace, runbooks),
      failed: metrics.prometheusFailed,
    },
    log,
    pace,
  );
  const series = createSeries(prometheus, namespace, metrics.prometheusFailed);
  return {
    data: { mesh: mesh.known, figures: { status: status.known, series }, links } satisfies Data,
    async stop() {
      stopping.abort();
      await Promise.all([mesh.stop(), status.stop()]);
    },
  };
}

/** Starts a replica. It is ready at once, whether those whom it asks are there or not. */
export async function serve(
  config: Config,
  site: Site,
  log: Log,
  pace: Pace = defaultPace,
): Promise<Serving> {
  const { publicUrl, proxies } = config;
  const login = createLogin(config.login, publicUrl, log);
  const metrics = createMetrics();
  let draining = false;
  const watch = watchAll(config, site, metrics, log, pace);
  const server = createHttpServer({
    routes: [
      ...probeRoutes(metrics, () => draining),
      ...(login ? loginRoutes({ login, metrics, publicUrl, log }) : openRoutes),
      ...dataRoutes(watch.data),
      ...siteRoutes(site),
    ],
    sessions: login?.sessions,
    ...{ publicUrl, proxies, metrics, log },
    draining: () => draining,
  });
  server.listen(config.port, config.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { registryUrl: registry, prometheusUrl: prometheus } = config;
  log.info("serving", { host: config.host, port, registry, prometheus });

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
      await Promise.all([watch.stop(), login?.stop()]);
      log.info("stopped");
    },
  };
}
