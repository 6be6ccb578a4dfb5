import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config as DashboardConfig } from "#services/dashboard/src/config";
import {
  contentOf,
  type Files,
  loadPage,
  loadRunbooks,
  type Page,
} from "#services/dashboard/src/content";
import { buildPage } from "#services/dashboard/src/page/build";
import { buildRunbooks } from "#services/dashboard/src/runbooks/build";
import { serve as serveDashboard } from "#services/dashboard/src/serve";
import type { Pace } from "#services/dashboard/src/watch";
import { type DatabaseConfig, loadConfig } from "#services/registry/src/config";
import type { Log } from "#services/registry/src/log";
import { migrate } from "#services/registry/src/migrations";
import type { Registration } from "#services/registry/src/protocol";
import { type Serving, serve as serveRegistry } from "#services/registry/src/serve";
import { freePort } from "#test/support/free-port";
import { Client, silent } from "#test/support/registry";

/** The page as the image has it. */
export async function builtPage(): Promise<Page> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-page-"));
  try {
    await buildPage(folder);
    return loadPage(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A real registry that can be stopped and started again at the same address. */
export class RestartableRegistry {
  readonly client: Client;
  readonly #port: number;
  readonly #database: DatabaseConfig;
  readonly #declared: Registration[];
  #serving: Serving | undefined;

  private constructor(port: number, database: DatabaseConfig, declared: Registration[]) {
    this.client = new Client(port);
    this.#port = port;
    this.#database = database;
    this.#declared = declared;
  }

  static async start(database: DatabaseConfig, declared: Registration[] = []) {
    await migrate(database, silent);
    const registry = new RestartableRegistry(await freePort(), database, declared);
    await registry.resume();
    return registry;
  }

  async resume(): Promise<void> {
    const { host, port, database, user, passwordFile, tls } = this.#database;
    const config = loadConfig({
      HOST: "127.0.0.1",
      PORT: String(this.#port),
      DRAIN_SECONDS: "0",
      DATABASE_HOST: host,
      DATABASE_PORT: String(port),
      DATABASE_NAME: database,
      DATABASE_USER: user,
      DATABASE_PASSWORD_FILE: passwordFile,
      DATABASE_CA_FILE: tls?.caFile,
    });
    this.#serving = await serveRegistry({ ...config, declared: this.#declared }, silent);
  }

  async stop(): Promise<void> {
    await this.#serving?.stop();
    this.#serving = undefined;
  }
}

/** A page for tests of what is behind it. */
export const plainPage: Page = new Map([
  ["index.html", contentOf("text/html; charset=utf-8", "<!doctype html><title>MCP Mesh</title>")],
  ["app.js", contentOf("text/javascript; charset=utf-8", "export {};")],
  ["style.css", contentOf("text/css; charset=utf-8", "body {}")],
]);

/** The runbooks as the image has them. */
export function builtRunbooks(): Files {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-runbooks-"));
  try {
    buildRunbooks("docs/runbooks", folder);
    return loadRunbooks(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a test sets of a dashboard; without `login`, it is open. */
export interface DashboardSettings extends Partial<Omit<DashboardConfig, "host" | "registryUrl">> {
  runbooks?: Files;
  pace?: Pace;
  log?: Log;
}

/** A dashboard of that registry, which looks at it five times a second. */
export async function startDashboard(
  page: Page,
  registryUrl: string,
  { runbooks = new Map(), pace, log = silent, ...settings }: DashboardSettings = {},
) {
  const config: DashboardConfig = {
    host: "127.0.0.1",
    port: 0,
    logLevel: "error",
    drainSeconds: 0,
    registryUrl,
    namespace: "mcp-mesh",
    proxies: 0,
    links: {},
    login: { open: "It is a test of something else." },
    ...settings,
  };
  const quick = { intervalMs: 200, maxIntervalMs: 400 };
  const serving = await serveDashboard(config, { page, runbooks }, log, pace ?? quick);
  return { ...serving, url: `http://127.0.0.1:${serving.port}` };
}
export type Dashboard = Awaited<ReturnType<typeof startDashboard>>;
