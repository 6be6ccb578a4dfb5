import type { AgentFigures, Alert, ChartAnswer, ChartRange } from "#services/dashboard/src/api";
import { charts } from "#services/dashboard/src/queries";
import { type Figures, known, type Shown } from "#test/contract/dashboard-fixture";
import { before, parts, random, sampleMesh } from "#test/contract/dashboard-sample-mesh";

/*
 * A mesh as somebody might run it: for pictures, and for tests of what the page makes of it. Times are
 * relative to now; all else is the same each time.
 */

const alertOf = (alert: Omit<Alert, "state" | "labels">, labels = {}): Alert => ({
  ...alert,
  state: "firing",
  labels: {
    alertname: alert.name,
    severity: alert.severity,
    team: "mesh",
    namespace: "mcp-mesh",
    ...labels,
  },
  dashboard: "https://grafana.example.com/d/mesh-agents",
});

export const sampleAlerts = (): Alert[] => [
  alertOf(
    {
      ...{ name: "AgentErrorBudgetBurn", severity: "warning", since: before(1_260) },
      summary:
        "customers fails 4.2 % of its tool calls, which spends a month's error budget in five days",
      description:
        "The part of failed calls over 6 h and over 30 min is above what the objective of 99 % allows.",
      runbook: "runbooks/AgentErrorBudgetBurn",
    },
    { service: "customers" },
  ),
  alertOf(
    {
      ...{ name: "DependencyUnresolved", severity: "warning", since: before(5_400) },
      summary: "score-sentiment, needed by back-office, is offered by nobody for 90 minutes",
      description: "Calls of tools that need it fail until an agent that offers it registers.",
      runbook: "runbooks/DependencyUnresolved",
    },
    { service: "registry" },
  ),
];

const agentFigures = (): Record<string, AgentFigures> =>
  Object.fromEntries(
    parts.map(({ name }, index): [string, AgentFigures] => [
      name,
      {
        callsPerSecond:
          [18.4, 6.1, 0.02, 24.7, 11.9, 4.3, 29.5, 5.2, 3.8, 17.1, 41.6, 1.4, 0.3, 0.1][index] ?? 0,
        errorRatio: name === "customers" ? 0.042 : name === "summary" ? 0.006 : 0,
        p95Seconds: [
          1.84, 0.92, 6.4, 0.118, 0.231, 0.087, 0.064, 1.37, 0.412, 0.145, 0.038, 0.21, 0.65, 0.004,
        ][index],
        ...(name === "translator" || name === "server-everything" ? { sessions: index + 9 } : {}),
        inFlight: Math.round(index % 4),
      },
    ]),
  );

const workload = (name: string, job: string, targets: number, version?: string) => ({
  ...{ name, job, targets, up: targets },
  ...(version === undefined ? {} : { version }),
});

export const sampleFigures = (): Figures => ({
  alerts: sampleAlerts(),
  backup: {
    enabled: true,
    lastSuccess: before(5 * 3_600 + 720),
    lastVerified: before(86_400 + 3 * 3_600),
    archived: before(41),
  },
  workloads: [
    workload("registry", "registry", 3, "0.1.0"),
    workload("dashboard", "dashboard", 2, "0.1.0"),
    workload("postgres", "postgres", 1, "17.6"),
    workload("prometheus", "prometheus", 1, "3.5.0"),
    workload("alertmanager", "alertmanager", 2, "0.28.1"),
    { ...workload("summary", "agent", 2, "0.1.0"), up: 1 },
    workload("orders", "agent", 3, "0.1.0"),
    workload("customers", "agent", 2, "0.1.0"),
  ],
  agents: agentFigures(),
});

const POINTS = 180;
const names = ["warehouse", "customers", "orders", "assistant", "embeddings", "documents"];
const most: Record<string, number> = {
  ...{ perSecond: 40, ratio: 0.04, seconds: 0.9, bytes: 240 << 20, count: 24, cores: 0.4 },
};

/** Lines with some life in them, for any chart; the same each time but for the times. */
export function sampleChart(id: string, range: ChartRange): Promise<ChartAnswer> {
  const chart = charts.find((one) => one.id === id);
  const step = range / POINTS;
  const end = Math.floor(Date.now() / 1000 / step) * step;
  const times = Array.from({ length: POINTS }, (_, index) => end - (POINTS - 1 - index) * step);
  const titles = (chart?.lines ?? []).flatMap((line) => ("by" in line ? names : [line.name]));
  const series = titles.map((name, index) => {
    const next = random(id.length * 97 + index * 13);
    const quantile = /%/.test(name);
    const size =
      (most[chart?.unit ?? "count"] ?? 1) / (quantile ? 3 - Math.min(index, 2) : index * 0.7 + 1);
    let drift = 0;
    const values = times.map((time) => {
      drift = drift * 0.9 + (next() - 0.5) * 0.14;
      return Math.max(0, size * (0.62 + 0.16 * Math.sin(time / (range / 9) + index) + drift));
    });
    return { name, values };
  });
  return Promise.resolve({ at: new Date(end * 1000).toISOString(), step, times, series });
}

/** All of it, as the server would have it. */
export const sample = (): Shown => ({
  mesh: known(sampleMesh()),
  status: known(sampleFigures()),
  chart: sampleChart,
  links: {
    grafana: "https://grafana.example.com/d/mesh-agents?var-service={service}",
    logs: "https://grafana.example.com/explore?logs={namespace}/{service}",
    traces: "https://grafana.example.com/explore?traces={service}",
  },
});
