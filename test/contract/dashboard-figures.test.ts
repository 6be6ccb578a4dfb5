import assert from "node:assert/strict";
import { createServer } from "node:http";
import {
  metrics as agentMetrics,
  requestsInFlight,
  sessions,
  toolCalls,
} from "#packages/mcp-mesh/src/metrics";
import type { ChartAnswer, ChartsAnswer, StatusAnswer } from "#services/dashboard/src/api";
import { type Dashboard, plainPage, startDashboard } from "#test/contract/dashboard-support";
import { Exporter, Prometheus } from "#test/contract/dashboard-watched";
import { eventually } from "#test/support/eventually";

const NAMESPACE = "mcp-mesh";
const BACKUP = 1_790_000_000;
const database = `
mcp_mesh_backup_enabled 1
mcp_mesh_backup_last_success_timestamp_seconds{type="full"} ${BACKUP - 3600}
mcp_mesh_backup_last_success_timestamp_seconds{type="diff"} ${BACKUP}
mcp_mesh_archive_last_success_timestamp_seconds ${BACKUP + 60}
`;
const rules = [
  {
    alert: "RegistryDown",
    expr: 'absent(up{job="registry"})',
    labels: { severity: "critical", team: "mesh" },
    annotations: {
      summary: "No replica of the registry answers",
      description: "Nobody joins.",
      runbook_url: "https://mesh.example.com/runbooks/RegistryDown",
    },
  },
  {
    alert: "TargetDown",
    expr: 'up{job="postgres"} == 0',
    for: "1h",
    labels: { severity: "warning" },
    annotations: { summary: "{{ $labels.service }} is down" },
  },
  { alert: "Elsewhere", expr: "vector(1)", labels: { namespace: "other", severity: "critical" } },
  { alert: "Watchdog", expr: "vector(1)", labels: { severity: "none" } },
];

describe("dashboard figures from a real Prometheus", function () {
  this.timeout(120_000);
  const exporters: Exporter[] = [];
  let prometheus: Prometheus;
  let dashboard: Dashboard;
  let calling: NodeJS.Timeout;

  const exported = async (text: () => string | Promise<string>) => {
    const exporter = await Exporter.start(text);
    exporters.push(exporter);
    return exporter;
  };
  const status = async (url = dashboard.url) =>
    (await (await fetch(`${url}/api/status`)).json()) as StatusAnswer;

  before(async () => {
    // One call in four fails, so that there are figures of each kind.
    let count = 0;
    calling = setInterval(() => {
      const outcome = count++ % 4 === 0 ? "tool_error" : "ok";
      toolCalls.observe({ tool: "greet", outcome }, 0.04);
    }, 50);
    sessions.set(3);
    requestsInFlight.set(2);
    const agent = await exported(() => agentMetrics.metrics());
    const postgres = await exported(() => database);
    const foreign = await exported(() => "mcp_mesh_sessions 99\n");
    const labels = (job: string, service: string, namespace = NAMESPACE) => ({
      ...{ job, service, namespace },
    });
    prometheus = await Prometheus.start(
      [
        { target: agent.target, labels: { ...labels("agent", "greeter"), pod: "greeter-1" } },
        { target: postgres.target, labels: labels("postgres", "postgres") },
        { target: "127.0.0.1:1", labels: labels("postgres", "postgres-old") },
        { target: foreign.target, labels: labels("agent", "greeter", "other") },
      ],
      rules,
    );
  });
  beforeEach(async () => {
    dashboard = await startDashboard(plainPage, "http://127.0.0.1:1", {
      prometheusUrl: prometheus.url,
      links: { logs: "https://grafana.example.com/explore?service={service}" },
      runbooks: new Map([["RegistryDown.html", plainPage.get("index.html")!]]),
    });
  });
  afterEach(() => dashboard.stop());
  after(async () => {
    clearInterval(calling);
    await prometheus.remove();
    for (const exporter of exporters) exporter.stop();
    sessions.set(0);
    requestsInFlight.set(0);
  });

  it("tells what runs, how many calls fail, when the last backup was, and what is wrong", async () => {
    const answer = await eventually("there are rates, and alerts", 60, async () => {
      const now = await status();
      const [{ version } = {}] = now.workloads;
      const { errorRatio } = now.agents.greeter ?? {};
      return errorRatio && version && now.alerts.length === 2 ? now : undefined;
    });
    assert.equal(answer.prometheus.state, "ok");
    assert.deepEqual(
      answer.workloads.map(({ name, job, up, targets }) => [name, job, up, targets]),
      [
        ["greeter", "agent", 1, 1],
        ["postgres", "postgres", 1, 1],
        ["postgres-old", "postgres", 0, 1],
      ],
    );
    assert.match(answer.workloads[0]?.version ?? "", /^\d+\.\d+\.\d+/);
    const { greeter } = answer.agents;
    assert.ok((greeter?.callsPerSecond ?? 0) > 0, JSON.stringify(greeter));
    assert.ok(Math.abs((greeter?.errorRatio ?? 0) - 0.25) < 0.15, JSON.stringify(greeter));
    assert.ok((greeter?.p95Seconds ?? 0) > 0.02 && (greeter?.p95Seconds ?? 1) <= 0.05);
    assert.deepEqual([greeter?.sessions, greeter?.inFlight], [3, 2]);
    assert.deepEqual(answer.backup, {
      enabled: true,
      lastSuccess: new Date(BACKUP * 1000).toISOString(),
      archived: new Date((BACKUP + 60) * 1000).toISOString(),
    });
    const [down, target] = answer.alerts;
    assert.partialDeepStrictEqual(down, {
      ...{ name: "RegistryDown", severity: "critical", state: "firing" },
      ...{ summary: "No replica of the registry answers", runbook: "runbooks/RegistryDown" },
      labels: { team: "mesh", job: "registry" },
    });
    assert.ok(Math.abs(Date.parse(down?.since ?? "") - Date.now()) < 120_000, down?.since);
    assert.partialDeepStrictEqual(target, {
      ...{ name: "TargetDown", state: "pending", summary: "postgres-old is down" },
    });
    assert.deepEqual(answer.links, {
      logs: "https://grafana.example.com/explore?service={service}",
    });
  });

  it("draws every chart that it lists, and those that the samples fill have lines", async () => {
    const list = (await (await fetch(`${dashboard.url}/api/charts`)).json()) as ChartsAnswer;
    assert.ok(list.charts.length > 15);
    const drawn = async (id: string) => {
      const response = await fetch(`${dashboard.url}/api/charts/${id}?range=900`);
      assert.equal(response.status, 200, `${id}: ${await response.clone().text()}`);
      const { times, step, series } = (await response.json()) as ChartAnswer;
      assert.deepEqual([times.length, step], [180, 5], id);
      for (const { name, values } of series) assert.ok(name && values.length === 180, id);
      return series.some(({ values }) => values.some((value) => value !== null));
    };
    for (const { id } of list.charts) await drawn(id);
    const sampled = ["calls", "failures", "durations", "sessions", "in-flight"];
    for (const id of [...sampled, "backup-age", "targets"]) {
      await eventually(`${id} has a line`, 30, () => drawn(id));
    }
  });

  it("draws all ranges of its list and no other, and knows charts by their names alone", async () => {
    const get = (path: string) => fetch(`${dashboard.url}/api/charts/${path}`);
    for (const range of [900, 3_600, 21_600, 86_400, 604_800]) {
      const response = await get(`calls?range=${range}`);
      const { times } = (await response.json()) as ChartAnswer;
      const [first = 0] = times;
      assert.ok(Math.abs(Date.now() / 1000 - first - range) < range / 60, `${range}`);
    }
    for (const wrong of ["1", "1e9", "-900", "900s", "x", "900;up"]) {
      assert.equal((await get(`calls?range=${encodeURIComponent(wrong)}`)).status, 400, wrong);
    }
    for (const wrong of ["nothing", "up", "constructor", "calls%22%7D"]) {
      assert.equal((await get(wrong)).status, 404, wrong);
    }
  });

  it("keeps what Prometheus last said while it is away, says so, and gets over it", async () => {
    await eventually("it has asked", 10, async () => (await status()).workloads.length === 3);
    await prometheus.stop();
    const gone = await eventually("it has failed", 10, async () => {
      const now = await status();
      return now.prometheus.state === "failed" && now;
    });
    assert.match(
      gone.prometheus.reason ?? "",
      /^Prometheus can't be read: .*(ECONNREFUSED|ECONNRESET|closed)/,
    );
    assert.equal(gone.workloads.length, 3);
    const chart = await fetch(`${dashboard.url}/api/charts/calls?range=900`);
    assert.equal(chart.status, 503);
    assert.match(await chart.text(), /Prometheus can't be read/);
    const text = await (await fetch(`${dashboard.url}/metrics`)).text();
    assert.match(text, /^mcp_mesh_dashboard_prometheus_errors_total [1-9]/m);
    await prometheus.resume();
    await eventually("it is fresh", 15, async () => (await status()).prometheus.state === "ok");
    assert.equal((await fetch(`${dashboard.url}/api/charts/calls?range=900`)).status, 200);
  });

  it("shows the mesh without any Prometheus, and says that there is none", async () => {
    const bare = await startDashboard(plainPage, "http://127.0.0.1:1");
    try {
      const { prometheus: source, alerts, workloads, agents } = await status(bare.url);
      assert.deepEqual([source, alerts, workloads, agents], [{ state: "off" }, [], [], {}]);
      assert.deepEqual(await (await fetch(`${bare.url}/api/charts`)).json(), { charts: [] });
      assert.equal((await fetch(`${bare.url}/api/charts/calls`)).status, 503);
    } finally {
      await bare.stop();
    }
  });

  it("asks for a chart once, however many look at it", async () => {
    let asked = 0;
    const counting = createServer((request, response) => {
      if (request.url === "/api/v1/query_range") asked++;
      const to = new URL(request.url ?? "/", prometheus.url);
      request.on("data", () => {});
      request.on("end", async () => {
        const body = { status: "success", data: { resultType: "matrix", result: [] } };
        response.end(to.pathname.endsWith("query_range") ? JSON.stringify(body) : "{}");
      });
    }).listen(0, "127.0.0.1");
    await eventually("it listens", 5, async () => counting.listening);
    const { port } = counting.address() as { port: number };
    const busy = await startDashboard(plainPage, "http://127.0.0.1:1", {
      prometheusUrl: `http://127.0.0.1:${port}`,
    });
    try {
      const looks = Array.from({ length: 50 }, () =>
        fetch(`${busy.url}/api/charts/sessions?range=604800`),
      );
      for (const look of await Promise.all(looks)) assert.equal(look.status, 200);
      assert.equal(asked, 1);
    } finally {
      await busy.stop();
      counting.close();
      counting.closeAllConnections();
    }
  });
});
