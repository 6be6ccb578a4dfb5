import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prometheus } from "#observability/catalogue/monitoring";
import { monitoringTools } from "#test/observability/tools";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";

/** Made by Prometheus of what it scrapes and evaluates, not told at its /metrics. */
const MADE = ["up", "ALERTS"];

describe("The catalogue of Prometheus' own metrics", function () {
  this.timeout(120_000);
  let folder: string;
  let address: string;
  let running: ChildProcess;

  before(async function () {
    this.timeout(300_000);
    const tools = await monitoringTools();
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-monitoring-"));
    address = `127.0.0.1:${await freePort()}`;
    const write = (name: string, content: object): string => {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(content));
      return path;
    };
    const rules = write("rules.json", {
      groups: [{ name: "one", rules: [{ record: "one", expr: "vector(1)" }] }],
    });
    const config = write("prometheus.json", {
      rule_files: [rules],
      scrape_configs: [
        { job_name: "self", scrape_interval: "1s", static_configs: [{ targets: [address] }] },
      ],
    });
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`];
    args.push(`--web.listen-address=${address}`);
    running = spawn(tools.prometheus, args, { stdio: "ignore" });
  });
  after(async () => {
    if (running?.exitCode === null && running.kill()) await once(running, "exit");
    if (folder) rmSync(folder, { recursive: true });
  });

  for (const { name, type, labels } of prometheus.filter((one) => !MADE.includes(one.name))) {
    it(`has the name, the type and the labels of ${name}`, () =>
      eventually("it is told", 60, async () => {
        const text = await (await fetch(`http://${address}/metrics`)).text();
        const [, found] = text.match(new RegExp(`^# TYPE ${name} (.*)$`, "m")) ?? [];
        assert.equal(found, type);
        const [, given = ""] = text.match(new RegExp(`^${name}{(.*)}`, "m")) ?? [];
        assert.deepEqual(
          [...given.matchAll(/(\w+)="/g)].map(([, label]) => label),
          labels,
        );
        return true;
      }));
  }
});
