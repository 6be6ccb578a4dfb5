import { agents } from "./charts/agents.ts";
import { capacity } from "./charts/capacity.ts";
import type { ChartQueries } from "./charts/chart.ts";
import { database } from "./charts/database.ts";
import { registry } from "./charts/registry.ts";

/*
 * Everything that Prometheus is ever asked for the page's figures. Words in capitals are filled in from
 * the configuration and from a fixed list of ranges; nothing that a browser sends gets into a query.
 */

const CALLS = "mcp_mesh_tool_call_duration_seconds";
const OURS = 'namespace="NAMESPACE"';

/** Asked again and again, each by itself. A window holds four samples at the usual scrape interval. */
export const statusQueries = {
  targets: `count by (job, service) (up{${OURS}})`,
  up: `sum by (job, service) (up{${OURS}})`,
  versions: `count by (service, version) (mcp_mesh_build_info{${OURS}})`,
  calls: `sum by (service) (rate(${CALLS}_count{${OURS}}[2m]))`,
  failed: `sum by (service) (rate(${CALLS}_count{${OURS},outcome!="ok"}[2m]))`,
  p95: `histogram_quantile(0.95, sum by (service, le) (rate(${CALLS}_bucket{${OURS}}[2m])))`,
  sessions: `sum by (service) (mcp_mesh_sessions{${OURS}})`,
  inFlight: `sum by (service) (mcp_mesh_requests_in_flight{${OURS}})`,
  backupEnabled: `max(mcp_mesh_backup_enabled{${OURS}})`,
  backupSuccess: `max(mcp_mesh_backup_last_success_timestamp_seconds{${OURS}})`,
  backupVerified: `max(mcp_mesh_backup_last_verified_timestamp_seconds{${OURS}})`,
  archived: `max(mcp_mesh_archive_last_success_timestamp_seconds{${OURS}})`,
} as const;
export type StatusQuery = keyof typeof statusQueries;

/** All that the page can show over time. */
export const charts: readonly ChartQueries[] = [...agents, ...registry, ...database, ...capacity];

export interface Filling {
  namespace: string;
  /** Seconds that a rate looks back. */
  window?: number;
  /** Seconds by which the busiest are chosen. */
  rank?: number;
}

/** A query as Prometheus takes it. */
export function filled(query: string, { namespace, window = 120, rank = 900 }: Filling): string {
  return query
    .replaceAll("NAMESPACE", namespace)
    .replaceAll("WINDOW", `${window}s`)
    .replaceAll("RANK", `${rank}s`);
}
