import {
  NoUnit,
  PercentUnit,
  RequestsPerSecond,
  Seconds,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardSpec } from "#observability/dashboards/dashboard";
import { by, quantile, rate, series, share } from "#observability/dashboards/expressions";
import type { PanelSpec } from "#observability/dashboards/panels";
import { processPanels } from "#observability/dashboards/processes";

const requests = "mcp_mesh_registry_request_duration_seconds";
const OURS = 'job="registry"';

const answers: PanelSpec[] = [
  {
    kind: "graph",
    title: "Requests by route",
    description: "Requests over all replicas; heartbeats are most of them.",
    unit: RequestsPerSecond,
    queries: [{ expr: by(["route"], rate(`${requests}_count`)), legend: "{{route}}" }],
    stacked: true,
  },
  {
    kind: "graph",
    title: "Requests by status",
    description: "Requests over all replicas, by the status of the answer.",
    unit: RequestsPerSecond,
    queries: [{ expr: by(["status"], rate(`${requests}_count`)), legend: "{{status}}" }],
    stacked: true,
  },
  {
    kind: "graph",
    title: "Failed requests",
    description: "The part of the requests that ends with a server error, by route.",
    unit: PercentUnit,
    queries: [
      { expr: share(["route"], `${requests}_count`, ['status=~"5.."']), legend: "{{route}}" },
    ],
    thresholds: { warning: 0.01, critical: 0.05 },
  },
  {
    kind: "graph",
    title: "Time to answer",
    description: "Half, 95 of 100 and 99 of 100 requests are answered within this time.",
    unit: Seconds,
    queries: [0.5, 0.95, 0.99].map((part) => ({
      expr: quantile(part, requests, []),
      legend: `${part * 100} of 100`,
    })),
    thresholds: { warning: 0.5 },
  },
  {
    kind: "graph",
    title: "Time to answer by route",
    description: "99 of 100 requests of a route are answered within this time.",
    unit: Seconds,
    queries: [{ expr: quantile(0.99, requests, ["route"]), legend: "{{route}}" }],
    width: 24,
  },
];

const mesh: PanelSpec[] = [
  {
    kind: "graph",
    title: "Agents by status",
    description:
      "Agents that heartbeats keep. Replicas share the database, so that each knows all.",
    unit: NoUnit,
    queries: [
      { expr: by(["status"], series("mcp_mesh_registry_agents"), "max"), legend: "{{status}}" },
    ],
  },
  {
    kind: "graph",
    title: "Agents lost",
    description: "Agents that stopped their heartbeats without taking their leave, each second.",
    unit: "cps",
    queries: [{ expr: by([], rate("mcp_mesh_registry_agents_lost_total")), legend: "lost" }],
    thresholds: { warning: 0.001 },
  },
  {
    kind: "graph",
    title: "Dependencies",
    description: "Declared dependencies of all agents: with a provider, and without any.",
    unit: NoUnit,
    queries: [
      { expr: by(["state"], series("mcp_mesh_registry_dependencies"), "max"), legend: "{{state}}" },
    ],
  },
  {
    kind: "states",
    title: "Replicas reached",
    description: "Whether Prometheus reaches the replica.",
    unit: NoUnit,
    queries: [{ expr: by(["pod"], series("up", OURS), "max"), legend: "{{pod}}" }],
  },
];

const database: PanelSpec[] = [
  {
    kind: "states",
    title: "Database reached",
    description: "Whether Postgres answers the replica.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["pod"], series("mcp_mesh_registry_database_up"), "max"),
        legend: "{{pod}}",
      },
    ],
  },
  {
    kind: "graph",
    title: "Database connections",
    description:
      "Connections of the replicas' pools by state. Requests that wait want a bigger pool or a faster database.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["state"], series("mcp_mesh_registry_database_connections")),
        legend: "{{state}}",
      },
    ],
    stacked: true,
  },
];

export const registry: DashboardSpec = {
  uid: "mcp-mesh-registry",
  title: "MCP Mesh: registry",
  description: "What the registry answers, what it knows, and what it stands on.",
  rows: [
    { title: "Answers", panels: answers },
    { title: "What it knows", panels: mesh },
    { title: "Database", panels: database },
    { title: "Processes", panels: processPanels("pod", OURS) },
  ],
};
