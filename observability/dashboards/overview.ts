import {
  BytesIEC,
  NoUnit,
  PercentUnit,
  RequestsPerSecond,
  Seconds,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardSpec } from "#observability/dashboards/dashboard";
import { by, largest, quantile, rate, series, share } from "#observability/dashboards/expressions";
import type { PanelSpec } from "#observability/dashboards/panels";

const registry = "mcp_mesh_registry_request_duration_seconds";
const agent = "mcp_mesh_request_duration_seconds";
const page = "mcp_mesh_dashboard_request_duration_seconds";

const now: PanelSpec[] = [
  {
    kind: "stat",
    title: "Alerts that fire",
    description: "By severity. The watchdog, which always fires, is left out.",
    unit: NoUnit,
    queries: [
      {
        expr: by(
          ["severity"],
          series("ALERTS", 'alertstate="firing"', 'severity!="none"'),
          "count",
        ),
        legend: "{{severity}}",
      },
    ],
    absentWhen: "no-alerts",
    thresholds: { critical: 1 },
  },
  {
    kind: "stat",
    title: "Registry replicas",
    description: "Replicas of the registry that Prometheus reaches.",
    unit: NoUnit,
    queries: [{ expr: by([], series("up", 'job="registry"')), legend: "reached" }],
    thresholds: { critical: 1, below: true },
    opens: "mcp-mesh-registry",
  },
  {
    kind: "stat",
    title: "Healthy agents",
    description:
      "Agents whose heartbeats arrive, as the registry counts them. Declared servers send none and are not among them.",
    unit: NoUnit,
    queries: [
      {
        expr: by([], series("mcp_mesh_registry_agents", 'status="healthy"'), "max"),
        legend: "healthy",
      },
    ],
    opens: "mcp-mesh-agents",
  },
  {
    kind: "stat",
    title: "Unhealthy agents",
    description: "Agents that the registry knows and has not heard from in time.",
    unit: NoUnit,
    queries: [
      {
        expr: by([], series("mcp_mesh_registry_agents", 'status="unhealthy"'), "max"),
        legend: "unhealthy",
      },
    ],
    thresholds: { warning: 1 },
    opens: "mcp-mesh-agents",
  },
  {
    kind: "stat",
    title: "Database",
    description: "Whether at least one replica of the registry reaches Postgres: 1, or else 0.",
    unit: NoUnit,
    queries: [{ expr: by([], series("mcp_mesh_registry_database_up"), "max"), legend: "reached" }],
    thresholds: { critical: 1, below: true },
    opens: "mcp-mesh-postgres",
  },
  {
    kind: "stat",
    title: "Since the last backup",
    description: "The age of the youngest backup of the database, of whichever type.",
    unit: Seconds,
    queries: [
      {
        expr: `time() - ${by([], series("mcp_mesh_backup_last_success_timestamp_seconds"), "max")}`,
        legend: "ago",
      },
    ],
    absentWhen: "no-backups",
    thresholds: { warning: 30 * 3600, critical: 54 * 3600 },
    opens: "mcp-mesh-postgres",
  },
];

const burning = by(["service", "slo"], series("mcp_mesh_slo:failures:ratio1h"), "max");
const allowed = `(1 - ${by(["slo"], series("mcp_mesh_slo:objective:ratio"), "max")})`;

const promises: PanelSpec[] = [
  {
    kind: "graph",
    title: "Error budgets",
    description:
      "What is left of the failures that each promise allows within 30 days. Below 0 the promise is broken.",
    unit: PercentUnit,
    queries: [
      {
        expr: by(["service", "slo"], series("mcp_mesh_slo:budget_remaining:ratio30d"), "min"),
        legend: "{{service}}: {{slo}}",
      },
    ],
    absentWhen: "no-history",
    thresholds: { warning: 0.25, critical: 0, below: true },
  },
  {
    kind: "graph",
    title: "Burn rates",
    description:
      "How many times faster than allowed the last hour's failures use up each budget. From 14.4 on, somebody is woken.",
    unit: NoUnit,
    queries: [
      { expr: `${burning} / on (slo) group_left () ${allowed}`, legend: "{{service}}: {{slo}}" },
    ],
    absentWhen: "no-history",
    thresholds: { warning: 3, critical: 14.4 },
  },
];

const traffic: PanelSpec[] = [
  {
    kind: "graph",
    title: "Agents: MCP requests",
    description: "Requests that the ten busiest agents answer. Unmodified servers have no metrics.",
    unit: RequestsPerSecond,
    queries: [{ expr: largest(by(["service"], rate(`${agent}_count`))), legend: "{{service}}" }],
    absentWhen: "no-calls",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Agents: failed requests",
    description:
      "The part of the MCP requests that ends with a server error, of the ten worst agents.",
    unit: PercentUnit,
    queries: [
      {
        expr: largest(share(["service"], `${agent}_count`, ['code=~"5.."'])),
        legend: "{{service}}",
      },
    ],
    absentWhen: "no-calls",
    thresholds: { critical: 0.05 },
  },
  {
    kind: "graph",
    title: "Agents: time to answer",
    description: "99 of 100 MCP requests are answered within this time, by the ten slowest agents.",
    unit: Seconds,
    queries: [{ expr: largest(quantile(0.99, agent, ["service"])), legend: "{{service}}" }],
    absentWhen: "no-calls",
  },
  {
    kind: "graph",
    title: "Registry: requests",
    description: "Requests to the registry by route, over all replicas.",
    unit: RequestsPerSecond,
    queries: [{ expr: by(["route"], rate(`${registry}_count`)), legend: "{{route}}" }],
    stacked: true,
  },
];

const resources: PanelSpec[] = [
  {
    kind: "graph",
    title: "Memory",
    description:
      "Memory of the ten workloads that use most, over all their pods that have metrics.",
    unit: BytesIEC,
    queries: [
      {
        expr: largest(by(["service"], series("process_resident_memory_bytes"))),
        legend: "{{service}}",
      },
    ],
    stacked: true,
  },
  {
    kind: "graph",
    title: "Targets that cannot be scraped",
    description: "Pods that Kubernetes calls running and that give Prometheus no metrics.",
    unit: NoUnit,
    queries: [
      {
        expr: largest(
          `${by(["service"], series("up"), "count")} - ${by(["service"], series("up"))}`,
        ),
        legend: "{{service}}",
      },
    ],
    thresholds: { warning: 1 },
  },
];

const thePage: PanelSpec[] = [
  {
    kind: "graph",
    title: "Page: requests",
    description: "Requests to the page that shows the mesh, by route.",
    unit: RequestsPerSecond,
    queries: [{ expr: by(["route"], rate(`${page}_count`)), legend: "{{route}}" }],
    absentWhen: "no-page",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Page: age of what it shows",
    description: "Time since the registry's last answer to the page, of the worst replica.",
    unit: Seconds,
    queries: [
      {
        expr: by(["pod"], series("mcp_mesh_dashboard_data_age_seconds"), "max"),
        legend: "{{pod}}",
      },
    ],
    absentWhen: "no-page",
    thresholds: { warning: 30 },
  },
];

export const overview: DashboardSpec = {
  uid: "mcp-mesh-overview",
  title: "MCP Mesh: overview",
  description: "Whether the mesh is well, and where to look when it is not.",
  rows: [
    { title: "Now", panels: now },
    { title: "Promises", panels: promises },
    { title: "Traffic", panels: traffic },
    { title: "Processes", panels: resources },
    { title: "The page", panels: thePage },
  ],
};
