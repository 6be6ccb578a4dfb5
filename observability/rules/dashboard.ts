import { type Area, WORKLOAD } from "#observability/rules/model";

const grown = (counter: string, window: string) =>
  `sum by (${WORKLOAD}) (increase(${counter}[${window}]))`;

export const dashboard: Area = {
  name: "dashboard",
  title: "The page",
  groups: [
    {
      name: "dashboard",
      rules: [
        {
          alert: "DashboardDown",
          expr: `max by (${WORKLOAD}) (up{job="dashboard"}) == 0`,
          for: "5m",
          severity: "warning",
          summary: "No replica of {{ $labels.service }} answers",
          description:
            "For five minutes the page could not be opened. The mesh itself does not need it.",
          dashboard: "overview",
        },
        {
          alert: "DashboardStale",
          expr: `max by (${WORKLOAD}) (mcp_mesh_dashboard_data_age_seconds) > 60`,
          for: "5m",
          severity: "warning",
          summary: "{{ $labels.service }} shows what was {{ $value | humanizeDuration }} ago",
          description:
            "The registry has not answered {{ $labels.service }} for {{ $value | humanizeDuration }}. What the page shows is no longer so.",
          dashboard: "overview",
        },
        {
          alert: "DashboardWithoutPrometheus",
          expr: `${grown("mcp_mesh_dashboard_prometheus_errors_total", "10m")} > 3`,
          for: "10m",
          severity: "warning",
          summary: "{{ $labels.service }} gets no figures from Prometheus",
          description:
            "Charts, alerts and rates on the page are missing; agents and their graph are shown as ever.",
          dashboard: "overview",
        },
        {
          alert: "LoginsRefused",
          expr: `${grown('mcp_mesh_dashboard_logins_total{outcome=~"refused|limited"}', "15m")} > 30`,
          severity: "warning",
          summary: "Somebody tries passwords at {{ $labels.service }}",
          description:
            "More than 30 logins were refused within a quarter of an hour. The page slows them down; whoever it is may come from inside.",
          dashboard: "overview",
        },
      ],
    },
  ],
};
