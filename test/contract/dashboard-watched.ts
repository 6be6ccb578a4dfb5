import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { monitoringTools } from "#test/observability/tools";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";

/** Something to scrape: what it answers is up to the test. */
export class Exporter {
  readonly #server: Server;
  readonly target: string;

  private constructor(server: Server) {
    this.#server = server;
    this.target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(text: () => string | Promise<string>): Promise<Exporter> {
    const server = createServer(async (_, response) => response.end(await text()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Exporter(server);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export interface Target {
  target: string;
  /** With the labels that discovery gives it: job, service, namespace. */
  labels: Record<string, string>;
}

/** A real Prometheus on this machine, which looks at its targets and its rules once a second. */
export class Prometheus {
  readonly url: string;
  readonly #port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "mcp-mesh-prometheus-"));
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(targets: readonly Target[], rules: readonly object[] = []) {
    const prometheus = new Prometheus(await freePort());
    const config = {
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: ["rules.yaml"],
      scrape_configs: [
        {
          job_name: "all",
          static_configs: targets.map(({ target, labels }) => ({ targets: [target], labels })),
        },
      ],
    };
    const groups = rules.length > 0 ? [{ name: "test", rules }] : [];
    writeFileSync(join(prometheus.#folder, "rules.yaml"), stringify({ groups }));
    writeFileSync(join(prometheus.#folder, "prometheus.yaml"), stringify(config));
    await prometheus.resume();
    return prometheus;
  }

  async resume(): Promise<void> {
    const { prometheus } = await monitoringTools();
    this.#process = spawn(
      prometheus,
      [
        `--config.file=${join(this.#folder, "prometheus.yaml")}`,
        `--storage.tsdb.path=${join(this.#folder, "data")}`,
        `--web.listen-address=127.0.0.1:${this.#port}`,
        "--log.level=error",
      ],
      { stdio: "ignore" },
    );
    await eventually(
      "Prometheus is ready",
      30,
      async () => (await fetch(`${this.url}/-/ready`)).ok,
    );
  }

  /** The value of an expression with one result; undefined without one. */
  async value(query: string): Promise<number | undefined> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    const [first] = data.result;
    return first && Number(first.value[1]);
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (!running) return;
    this.#process = undefined;
    const ended = once(running, "exit");
    running.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
