import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";

/** Of the agents that are scraped. */
export const NAMESPACE = "mesh";

/** What a Prometheus says about itself. */
export interface Figures {
  series: number;
  samples: number;
  cpuSeconds: number;
  memory: number;
  at: number;
}

/** A real Prometheus on loopback that scrapes a fleet and evaluates all rules. */
export class BenchPrometheus {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly url: string;
  #log = "";

  private constructor(child: ChildProcess, folder: string, url: string) {
    this.#child = child;
    this.#folder = folder;
    this.url = url;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log += text;
    });
  }

  static async start(options: {
    program: string;
    folder: string;
    agents: number;
    fleet: number;
    interval: number;
  }): Promise<BenchPrometheus> {
    const { program, folder, agents, fleet, interval } = options;
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const targets = Array.from({ length: agents }, (_, index) => ({
      targets: [`127.0.0.1:${fleet}`],
      labels: {
        __metrics_path__: `/agent-${index}`,
        namespace: NAMESPACE,
        service: `agent-${index}`,
        pod: `agent-${index}-7d9c5b6f4-x2x4z`,
        instance: `10.0.${index >> 8}.${index & 255}:9464`,
      },
    }));
    writeFileSync(join(folder, "targets.json"), JSON.stringify(targets));
    // JSON is YAML, too.
    const config = {
      global: { scrape_interval: `${interval}s`, evaluation_interval: "15s" },
      rule_files: [join(folder, "rules-*.yaml")],
      scrape_configs: [{ job_name: "agent", file_sd_configs: [{ files: ["targets.json"] }] }],
    };
    writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
    for (const { name, text } of ruleFiles()) writeFileSync(join(folder, `rules-${name}`), text);
    const child = spawn(
      program,
      [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--query.timeout=10m",
        "--log.level=warn",
      ],
      { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    const started = new BenchPrometheus(child, folder, `http://127.0.0.1:${port}`);
    await eventually("Prometheus is ready", 30, async () => {
      if (child.exitCode !== null) throw new Error(started.#log);
      return (await fetch(`${started.url}/-/ready`)).ok;
    });
    return started;
  }

  async figures(): Promise<Figures> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const sum = (name: string) =>
      text
        .split("\n")
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0);
    return {
      series: sum("prometheus_tsdb_head_series"),
      samples: sum("prometheus_tsdb_head_samples_appended_total"),
      cpuSeconds: sum("process_cpu_seconds_total"),
      memory: sum("process_resident_memory_bytes"),
      at: performance.now() / 1000,
    };
  }

  /** The most memory that it ever had, in bytes. */
  peak(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  async #get<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(this.url + path, init);
    const answer = (await response.json()) as { data: T; error?: string };
    if (!response.ok) throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }

  /** How many targets' last scrape succeeded. */
  async up(): Promise<number> {
    interface Answer {
      result: { value: [number, string] }[];
    }
    const { result } = await this.#get<Answer>("/api/v1/query?query=sum(up)");
    return Number(result[0]?.value[1] ?? 0);
  }

  /** The seconds that the last evaluation of all rules took, and how many there are. */
  async rules(): Promise<{ count: number; seconds: number }> {
    interface Group {
      rules: { health: string; name: string; lastError?: string }[];
      evaluationTime: number;
      lastEvaluation: string;
    }
    const { groups } = await this.#get<{ groups: Group[] }>("/api/v1/rules");
    for (const { health, name, lastError } of groups.flatMap(({ rules }) => rules)) {
      if (health === "err") throw new Error(`The rule ${name} fails: ${lastError}`);
    }
    return {
      count: groups.reduce((total, { rules }) => total + rules.length, 0),
      seconds: groups.reduce((total, { evaluationTime }) => total + evaluationTime, 0),
    };
  }

  /** The seconds that a panel's query takes over the last so many seconds, as a graph asks it. */
  async range(query: string, seconds: number, points: number): Promise<number> {
    const end = Date.now() / 1000;
    const body = new URLSearchParams({
      query,
      start: String(end - seconds),
      end: String(end),
      step: String(seconds / points),
    });
    const started = performance.now();
    await this.#get("/api/v1/query_range", { method: "POST", body });
    return (performance.now() - started) / 1000;
  }

  /** The bytes of the write-ahead log. */
  log(): number {
    return sizeOf(join(this.#folder, "data", "wal"));
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}

/** The chart's rules, with the namespace that the chart fills in. */
function ruleFiles(): { name: string; text: string }[] {
  const folder = join(projectRoot, "charts/observability/rules");
  return readdirSync(folder).map((name) => ({
    name,
    text: readFileSync(join(folder, name), "utf8").replaceAll("__NAMESPACE__", NAMESPACE),
  }));
}

/** The bytes of all files below a folder. */
export function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0);
}
