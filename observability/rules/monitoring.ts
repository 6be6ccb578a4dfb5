import { type Area, oneLine } from "#observability/rules/model";

const storage = ["compactions_failed", "wal_truncations_failed", "wal_writes_failed"];

/** Of our own Prometheus and Alertmanager; an operator's stack watches over itself. */
export const monitoring: Area = {
  name: "monitoring",
  title: "The monitoring itself",
  groups: [
    {
      name: "monitoring",
      rules: [
        {
          alert: "Watchdog",
          expr: "vector(1)",
          severity: "none",
          summary: "Alerts get through",
          description:
            "This alert always fires. Whoever receives it is to call when it stops coming: then alerts no longer get through.",
          dashboard: "overview",
        },
        {
          alert: "TargetDown",
          expr: "up == 0",
          for: "3m",
          severity: "warning",
          summary: "{{ $labels.instance }} of {{ $labels.service }} cannot be scraped",
          description:
            "Prometheus has had no metrics from {{ $labels.instance }} for three minutes, though Kubernetes says that the pod runs.",
          dashboard: "overview",
        },
        {
          alert: "RulesFail",
          expr: "increase(prometheus_rule_evaluation_failures_total[5m]) > 0",
          for: "5m",
          severity: "warning",
          summary: "Prometheus cannot evaluate rules of {{ $labels.rule_group }}",
          description: "Alerts of the group {{ $labels.rule_group }} do not fire while this lasts.",
          dashboard: "capacity",
        },
        {
          alert: "RulesLate",
          expr: "increase(prometheus_rule_group_iterations_missed_total[15m]) > 3",
          for: "15m",
          severity: "warning",
          summary: "Prometheus leaves out evaluations of {{ $labels.rule_group }}",
          description:
            "Prometheus takes longer for the group {{ $labels.rule_group }} than it has: alerts come late.",
          dashboard: "capacity",
        },
        {
          alert: "MetricsStorageFails",
          expr: oneLine(
            storage.map((what) => `increase(prometheus_tsdb_${what}_total[30m]) > 0`).join(" or "),
          ),
          severity: "critical",
          summary: "Prometheus cannot write its data",
          description:
            "Prometheus failed to write to its volume in the last half hour; it is full or broken. Metrics get lost, and alerts with them.",
          dashboard: "capacity",
        },
        {
          alert: "AlertsNotSent",
          expr: "increase(prometheus_notifications_dropped_total[5m]) > 0",
          for: "2m",
          severity: "critical",
          summary: "Prometheus cannot hand alerts to Alertmanager",
          description:
            "Alerts get lost on their way to Alertmanager. Only the dead man's switch can tell.",
          dashboard: "capacity",
        },
        {
          alert: "NotificationsFail",
          expr: "increase(alertmanager_notifications_failed_total[5m]) > 0",
          for: "5m",
          severity: "critical",
          summary: "Alertmanager cannot notify by {{ $labels.integration }}",
          description:
            "The receiver refuses or cannot be reached by {{ $labels.integration }}: somebody waits for alerts that do not come.",
          dashboard: "capacity",
        },
      ],
    },
  ],
};
