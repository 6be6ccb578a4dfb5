import { type AlertCase, series, target, warning } from "#test/observability/cases/case";

const of = (name: string, pod = "a", labels = {}) =>
  series(name, { ...target("dashboard", "dashboard", pod), ...labels });
const dashboard = { job: "dashboard", service: "dashboard" };
const age = of("mcp_mesh_dashboard_data_age_seconds");
const errors = of("mcp_mesh_dashboard_prometheus_errors_total");
const logins = (outcome: string) =>
  of("mcp_mesh_dashboard_logins_total", "a", { outcome, via: "local" });

export const dashboardCases: AlertCase[] = [
  {
    alert: "DashboardDown",
    fires: {
      when: "no replica answers",
      series: { [of("up")]: "0x40", [of("up", "b")]: "0x40" },
      at: "6m",
      labels: { ...warning, ...dashboard },
    },
    silent: [
      {
        when: "one does",
        series: { [of("up")]: "0x40", [of("up", "b")]: "1x40" },
        at: "8m",
      },
      { when: "there is to be no page", series: {}, at: "8m" },
    ],
  },
  {
    alert: "DashboardStale",
    fires: {
      when: "the registry has not answered it for two minutes",
      series: { [age]: "120x40" },
      at: "6m",
      labels: { ...warning, ...dashboard },
      value: "2m 0s",
    },
    silent: [{ when: "the registry restarts", series: { [age]: "1x4 61x8 1x40" }, at: "8m" }],
  },
  {
    alert: "DashboardWithoutPrometheus",
    fires: {
      when: "each question fails",
      series: { [errors]: "0+1x80" },
      at: "15m",
      labels: { ...warning, ...dashboard },
    },
    silent: [{ when: "Prometheus restarts", series: { [errors]: "0x8 1 2 3 4x80" }, at: "15m" }],
  },
  {
    alert: "LoginsRefused",
    fires: {
      when: "somebody tries one password after the other",
      series: { [logins("refused")]: "0 1 2 3 4 5x60", [logins("limited")]: "0+1x60" },
      at: "10m",
      labels: { ...warning, ...dashboard },
    },
    silent: [
      {
        when: "many log in, and some mistype",
        series: { [logins("accepted")]: "0+5x60", [logins("refused")]: "0+1x20 20x40" },
        at: "14m",
      },
    ],
  },
];
