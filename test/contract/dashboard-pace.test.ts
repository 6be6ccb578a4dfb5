import assert from "node:assert/strict";
import { setInterval } from "node:timers/promises";
import type { StatusAnswer } from "#services/dashboard/src/api";
import type { MeshAnswer } from "#services/dashboard/src/mesh";
import { defaultPace } from "#services/dashboard/src/watch";
import { plainPage, RestartableRegistry, startDashboard } from "#test/contract/dashboard-support";
import { Exporter, Prometheus } from "#test/contract/dashboard-watched";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { agent, tool } from "#test/support/registry";

const AGENTS = 500;
/** From a change to the answer, of half of all changes: registry, dashboard and test share one process here. */
const PROMISED_MS = 2_000;
const ROUNDS = 7;

/** Asks fifty times a second until it is so; how long that took. */
async function until(so: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  for await (const _ of setInterval(20)) {
    if (await so()) break;
    if (performance.now() - began > 15_000) throw new Error("it never was");
  }
  return performance.now() - began;
}

/** What an address answers, asked as the page does: only what is new is sent. */
function follow<T>(url: string): () => Promise<T> {
  let etag = "";
  let last: T;
  return async () => {
    const response = await fetch(url, { headers: { "if-none-match": etag } });
    if (response.status === 304) return last;
    etag = response.headers.get("etag") ?? "";
    last = (await response.json()) as T;
    return last;
  };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

describe("dashboard pace with 500 agents", function () {
  this.timeout(180_000);
  let postgres: Postgres | undefined;
  let registry: RestartableRegistry;

  before(async function () {
    postgres = await Postgres.start();
    if (!postgres) this.skip();
    registry = await RestartableRegistry.start(await postgres.createDatabase());
    const ids = Array.from({ length: AGENTS }, (_, index) => `agent-${index}`);
    for (const id of ids) {
      const needs = { dependencies: [{ capability: "clock" }] };
      await registry.client.register(agent(id, tool(`${id}-greet`, needs), tool("clock")));
    }
  });
  after(async () => {
    await registry?.stop();
    await postgres?.remove();
  });

  it("answers with a change in the registry within two seconds, and briefly", async () => {
    const { url, stop } = await startDashboard(plainPage, registry.client.url, {
      pace: defaultPace,
    });
    try {
      const mesh = follow<MeshAnswer>(`${url}/api/mesh`);
      await eventually("all are there", 10, async () => (await mesh()).agents?.length === AGENTS);
      const took: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const id = `late-${round}`;
        await registry.client.register(agent(id, tool("late")));
        took.push(await until(async () => (await mesh()).agents.some((one) => one.id === id)));
      }
      const response = await fetch(`${url}/api/mesh`, { headers: { "accept-encoding": "gzip" } });
      const sent = Number(response.headers.get("content-length"));
      const whole = (await response.arrayBuffer()).byteLength;
      console.log(
        `      registry to answer: median ${Math.round(median(took))} ms of ${took.map(Math.round)}; ` +
          `${whole} bytes, ${sent} compressed`,
      );
      assert.ok(median(took) < PROMISED_MS, `${took}`);
      assert.ok(sent < 100_000, `${sent}`);
    } finally {
      await stop();
    }
  });

  it("answers with what Prometheus has learnt within two seconds, and briefly", async () => {
    let sessions = 0;
    const exporter = await Exporter.start(() =>
      Array.from({ length: AGENTS }, (_, index) =>
        [
          `mcp_mesh_sessions{service="agent-${index}"} ${index === 0 ? sessions : 1}`,
          `mcp_mesh_requests_in_flight{service="agent-${index}"} 1`,
          ...["0.1", "1", "+Inf"].map(
            (le) =>
              `mcp_mesh_tool_call_duration_seconds_bucket{service="agent-${index}",outcome="ok",le="${le}"} ${Date.now() % 1e7}`,
          ),
          `mcp_mesh_tool_call_duration_seconds_count{service="agent-${index}",outcome="ok"} ${Date.now() % 1e7}`,
        ].join("\n"),
      ).join("\n"),
    );
    const labels = { job: "agent", namespace: "mcp-mesh" };
    const prometheus = await Prometheus.start([{ target: exporter.target, labels }]);
    const { url, stop } = await startDashboard(plainPage, "http://127.0.0.1:1", {
      prometheusUrl: prometheus.url,
      pace: defaultPace,
    });
    try {
      const status = follow<StatusAnswer>(`${url}/api/status`);
      const shown = async () => (await status()).agents["agent-0"]?.sessions;
      await eventually("it has figures", 20, async () => (await shown()) === 0);
      const took: number[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        sessions = round;
        const query = 'mcp_mesh_sessions{service="agent-0"}';
        await until(async () => (await prometheus.value(query)) === round);
        took.push(await until(async () => (await shown()) === round));
      }
      const response = await fetch(`${url}/api/status`, {
        headers: { "accept-encoding": "gzip" },
      });
      const sent = Number(response.headers.get("content-length"));
      const { agents } = (await response.json()) as StatusAnswer;
      assert.equal(Object.keys(agents).length, AGENTS);
      console.log(
        `      Prometheus to answer: median ${Math.round(median(took))} ms of ${took.map(Math.round)}; ` +
          `${JSON.stringify(agents).length} bytes, ${sent} compressed`,
      );
      assert.ok(median(took) < PROMISED_MS, `${took}`);
      assert.ok(sent < 50_000, `${sent}`);
    } finally {
      await stop();
      await prometheus.remove();
      exporter.stop();
    }
  });
});
