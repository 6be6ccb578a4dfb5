import { BytesIEC, CountsPerSecond, NoUnit } from "@grafana/grafana-foundation-sdk/units";
import { by, rate, series } from "#observability/dashboards/expressions";
import type { PanelSpec } from "#observability/dashboards/panels";

/** What the monitoring itself takes, and whether its notifications get out. */
export const monitoring: PanelSpec[] = [
  {
    kind: "graph",
    title: "Series",
    description: "Time series that Prometheus writes now; its memory grows with them.",
    unit: NoUnit,
    queries: [{ expr: by([], series("prometheus_tsdb_head_series")), legend: "series" }],
    absentWhen: "no-own-prometheus",
  },
  {
    kind: "graph",
    title: "Samples",
    description: "Samples that Prometheus stores each second; its disk grows with them.",
    unit: CountsPerSecond,
    queries: [
      {
        expr: by([], rate("prometheus_tsdb_head_samples_appended_total")),
        legend: "samples",
      },
    ],
    absentWhen: "no-own-prometheus",
  },
  {
    kind: "graph",
    title: "Prometheus: disk",
    description: "What the stored blocks take; the newest two hours are in memory and in its log.",
    unit: BytesIEC,
    queries: [{ expr: by([], series("prometheus_tsdb_storage_blocks_bytes")), legend: "blocks" }],
    absentWhen: "no-own-prometheus",
  },
  {
    kind: "graph",
    title: "Notifications",
    description: "What Alertmanager sends, and what of it fails, by channel.",
    unit: CountsPerSecond,
    queries: [
      {
        expr: by(["integration"], rate("alertmanager_notifications_total")),
        legend: "{{integration}}",
      },
      {
        expr: by(["integration"], rate("alertmanager_notifications_failed_total")),
        legend: "{{integration}} failed",
      },
    ],
    absentWhen: "no-own-alertmanager",
  },
];
