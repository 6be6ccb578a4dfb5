import { type ChartQueries, quantiles } from "./chart.ts";

/** What the registry does. */
export const registry: ChartQueries[] = [
  {
    id: "registry-agents",
    group: "registry",
    title: "Registered agents",
    description: "Agents that heartbeats keep, by status.",
    unit: "count",
    lines: [
      { by: "status", expr: 'max by (status) (mcp_mesh_registry_agents{namespace="NAMESPACE"})' },
    ],
  },
  {
    id: "registry-dependencies",
    group: "registry",
    title: "Dependencies",
    description: "What agents need of others: resolved to somebody who offers it, or not.",
    unit: "count",
    lines: [
      {
        by: "state",
        expr: 'max by (state) (mcp_mesh_registry_dependencies{namespace="NAMESPACE"})',
      },
    ],
  },
  {
    id: "registry-requests",
    group: "registry",
    title: "The registry's requests",
    description: "Requests a second by the status of their answer.",
    unit: "perSecond",
    lines: [
      {
        by: "status",
        expr: 'sum by (status) (rate(mcp_mesh_registry_request_duration_seconds_count{namespace="NAMESPACE"}[WINDOW]))',
      },
    ],
  },
  {
    id: "registry-durations",
    group: "registry",
    title: "Duration of the registry's requests",
    description: "Half of all requests, 95 % and 99 % of them took no longer.",
    unit: "seconds",
    lines: quantiles("mcp_mesh_registry_request_duration_seconds"),
  },
  {
    id: "registry-connections",
    group: "registry",
    title: "The registry's database connections",
    description: "Connections by state; who waits for one is answered later.",
    unit: "count",
    lines: [
      {
        by: "state",
        expr: 'sum by (state) (mcp_mesh_registry_database_connections{namespace="NAMESPACE"})',
      },
    ],
  },
];
