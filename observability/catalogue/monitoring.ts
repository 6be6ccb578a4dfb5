import { exportedBy } from "#observability/catalogue/metric";

/** Of Prometheus itself, and what it makes: `up` and the alerts' states. */
export const prometheus = exportedBy("prometheus", [
  ["gauge", "up", "1 if a target's last scrape succeeded."],
  ["gauge", "ALERTS", "1 while an alert is in a state.", ["alertname", "alertstate", "severity"]],
  [
    "counter",
    "prometheus_rule_evaluation_failures_total",
    "Rules that could not be evaluated.",
    ["rule_group"],
  ],
  [
    "counter",
    "prometheus_rule_group_iterations_missed_total",
    "Evaluations of a group left out, because the one before was not done.",
    ["rule_group"],
  ],
  ["counter", "prometheus_tsdb_compactions_failed_total", "Compactions that failed."],
  ["counter", "prometheus_tsdb_wal_truncations_failed_total", "Truncations that failed."],
  ["counter", "prometheus_tsdb_wal_writes_failed_total", "Writes to the log that failed."],
  ["gauge", "prometheus_tsdb_head_series", "Series that are being written."],
  ["counter", "prometheus_tsdb_head_samples_appended_total", "Samples stored.", ["type"]],
  ["gauge", "prometheus_tsdb_storage_blocks_bytes", "What the stored blocks take."],
  ["counter", "prometheus_notifications_dropped_total", "Alerts that could not be sent."],
]);

export const alertmanager = exportedBy("alertmanager", [
  [
    "counter",
    "alertmanager_notifications_total",
    "Notifications tried, by the channel they go by.",
    ["integration"],
  ],
  [
    "counter",
    "alertmanager_notifications_failed_total",
    "Notifications that failed, by the channel they go by.",
    ["integration"],
  ],
]);
