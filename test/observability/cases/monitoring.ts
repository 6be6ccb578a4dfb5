import { type AlertCase, series, target, warning } from "#test/observability/cases/case";

const own = { severity: "critical", team: "mesh" };
const loud = { severity: "warning", team: "mesh" };
const greeter = { ...target("agent", "greeter"), instance: "10.0.0.1:8081" };
const up = series("up", greeter);
const failing = 'prometheus_rule_evaluation_failures_total{rule_group="mesh"}';
const missed = 'prometheus_rule_group_iterations_missed_total{rule_group="mesh"}';
const prometheus = { job: "prometheus" };
const writes = 'prometheus_tsdb_wal_writes_failed_total{job="prometheus"}';
const compactions = 'prometheus_tsdb_compactions_failed_total{job="prometheus"}';
const dropped = 'prometheus_notifications_dropped_total{job="prometheus"}';
const channel = { integration: "slack", job: "alertmanager" };
const notifications =
  'alertmanager_notifications_failed_total{integration="slack", job="alertmanager"}';

/** Watchdog is not here: it fires always, so that there is nothing to be silent about. */
export const monitoringCases: AlertCase[] = [
  {
    alert: "TargetDown",
    fires: {
      when: "it does not answer",
      series: { [up]: "0x20" },
      at: "4m",
      labels: { ...warning, ...greeter },
    },
    silent: [
      {
        when: "its pod ends",
        series: { [up]: "0x8 stale" },
        at: "5m",
      },
    ],
  },
  {
    alert: "RulesFail",
    fires: {
      when: "a rule fails again and again",
      series: { [failing]: "0+1x60" },
      at: "12m",
      labels: { ...loud, rule_group: "mesh" },
    },
    silent: [{ when: "some failed long ago", series: { [failing]: "3x60" }, at: "12m" }],
  },
  {
    alert: "RulesLate",
    fires: {
      when: "each second evaluation is left out",
      series: { [missed]: "0+1x140" },
      at: "20m",
      labels: { ...loud, rule_group: "mesh" },
    },
    silent: [{ when: "a start was slow", series: { [missed]: "0 1 2 3x140" }, at: "20m" }],
  },
  {
    alert: "MetricsStorageFails",
    fires: {
      when: "its volume takes no more",
      series: { [writes]: "0x10 2x10" },
      at: "5m",
      labels: { ...own, ...prometheus },
    },
    silent: [
      {
        when: "it failed before the last half hour",
        series: { [writes]: "2x60", [compactions]: "0x60" },
        at: "10m",
      },
    ],
  },
  {
    alert: "AlertsNotSent",
    fires: {
      when: "alerts are dropped",
      series: { [dropped]: "0+1x40" },
      at: "8m",
      labels: { ...own, ...prometheus },
    },
    silent: [{ when: "some were, long ago", series: { [dropped]: "9x40" }, at: "8m" }],
  },
  {
    alert: "NotificationsFail",
    fires: {
      when: "a channel refuses them",
      series: { [notifications]: "0+1x60" },
      at: "12m",
      labels: { ...own, ...channel },
    },
    silent: [{ when: "one failed long ago", series: { [notifications]: "1x60" }, at: "12m" }],
  },
];
