import type { PanelQuery } from "#observability/dashboards/queries";

/** What this stack has nothing of: panels may be empty for that alone. */
export const LACKING: readonly PanelQuery["absentWhen"][] = [
  ...(["no-alerts", "no-autoscaler", "no-backups", "no-failures", "no-history"] as const),
  ...(["no-verified-backup"] as const),
];
/** Series that are there once something has happened, and why this stack has not seen it. */
export const NOT_YET: readonly [RegExp, string][] = [
  [/^kube_horizontalpodautoscaler_/, "nothing is scaled"],
  [/^kube_job_failed$/, "no job failed"],
  [/^kube_pod_container_status_(waiting|last_terminated)_reason$/, "no container waits or ended"],
  [/^mcp_mesh_(backup|archive)_(?!enabled)/, "there are no backups"],
  [/^mcp_mesh_(postgres_writer|replica_\w+)$/, "there are no replicas"],
];
