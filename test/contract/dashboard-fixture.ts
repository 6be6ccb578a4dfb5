import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Page as Tab } from "playwright-core";
import type { ChartAnswer, ChartRange, Links, StatusAnswer } from "#services/dashboard/src/api";
import type { Page } from "#services/dashboard/src/content";
import { dataRoutes } from "#services/dashboard/src/data-routes";
import { createHttpServer } from "#services/dashboard/src/http";
import { openRoutes } from "#services/dashboard/src/login-routes";
import type { Mesh } from "#services/dashboard/src/mesh";
import type { View } from "#services/dashboard/src/page/data/route";
import { charts } from "#services/dashboard/src/queries";
import { siteRoutes } from "#services/dashboard/src/site-routes";
import type { Reading } from "#services/dashboard/src/status";
import type { Known } from "#services/dashboard/src/watch";
import { freePort } from "#test/support/free-port";
import { silent } from "#test/support/registry";

/** What a fixed dashboard knows; a test sets it anew to change what the page shows. */
export interface Shown {
  mesh: Known<Mesh>;
  /** Absent without Prometheus. */
  status?: Known<Reading>;
  chart(id: string, range: ChartRange): Promise<ChartAnswer>;
  links: Links;
}

export type Figures = Omit<StatusAnswer, "at" | "prometheus" | "links">;

/** The dashboard's own server over what a test says that it knows; nobody has to log in. */
export class FixedDashboard {
  shown: Shown;
  readonly url: string;
  readonly #page: Page;
  readonly #port: number;
  #server: ReturnType<typeof createHttpServer> | undefined;

  private constructor(page: Page, shown: Shown, port: number) {
    this.#page = page;
    this.shown = shown;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(page: Page, shown: Shown): Promise<FixedDashboard> {
    const dashboard = new FixedDashboard(page, shown, await freePort());
    await dashboard.resume();
    return dashboard;
  }

  /** Shows something else from now on. */
  show(change: Partial<Shown>): void {
    this.shown = { ...this.shown, ...change };
  }

  async resume(): Promise<void> {
    const { status } = this.shown;
    const figures = status && {
      status: () => this.shown.status ?? status,
      series: { chart: (id: string, range: ChartRange) => this.shown.chart(id, range) },
    };
    this.#server = createHttpServer({
      routes: [
        ...openRoutes,
        ...dataRoutes({
          mesh: () => this.shown.mesh,
          ...(figures ? { figures } : {}),
          links: this.shown.links,
        }),
        ...siteRoutes({ page: this.#page, runbooks: new Map() }),
      ],
      sessions: undefined,
      publicUrl: undefined,
      proxies: 0,
      metrics: { observe: () => {} },
      log: silent,
      draining: () => false,
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server?.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

/** As known now. */
export const known = <T>(value: T): Known<T> => ({ value, since: new Date() });

/** A chart's description, to check that there is one. */
export const chartIds = charts.map(({ id }) => id);

/** A window in which the whole page has room. */
export const desktop = { viewport: { width: 1400, height: 900 } };

/** Waits for what of a view is there last. */
export async function ready(tab: Tab, view: View): Promise<void> {
  const last: Record<View, string> = {
    overview: ".alert",
    agents: "tbody tr",
    graph: ".box",
    charts: ".plot canvas",
    alerts: ".alert",
  };
  await tab.locator(last[view]).first().waitFor();
}
