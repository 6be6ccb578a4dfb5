import type { ChartQueries } from "./chart.ts";

/** What the database does, where its exporter runs. */
export const database: ChartQueries[] = [
  {
    id: "database-transactions",
    group: "database",
    title: "Transactions",
    description: "Transactions a second that were committed, and that were rolled back.",
    unit: "perSecond",
    lines: [
      {
        name: "committed",
        expr: 'sum(rate(pg_stat_database_xact_commit{namespace="NAMESPACE"}[WINDOW]))',
      },
      {
        name: "rolled back",
        expr: 'sum(rate(pg_stat_database_xact_rollback{namespace="NAMESPACE"}[WINDOW]))',
      },
    ],
  },
  {
    id: "database-connections",
    group: "database",
    title: "Database connections",
    description: "Connections that are open, and the most that there can be.",
    unit: "count",
    lines: [
      { name: "open", expr: 'sum(pg_stat_database_numbackends{namespace="NAMESPACE"})' },
      { name: "most", expr: 'max(pg_settings_max_connections{namespace="NAMESPACE"})' },
    ],
  },
  {
    id: "database-size",
    group: "database",
    title: "Size of the databases",
    description: "What each database takes on the volume.",
    unit: "bytes",
    lines: [
      { by: "datname", expr: 'max by (datname) (pg_database_size_bytes{namespace="NAMESPACE"})' },
    ],
  },
  {
    id: "backup-age",
    group: "database",
    title: "Age of the backups",
    description:
      "What would be lost with the volume: time since the last backup and the last archived log.",
    unit: "seconds",
    lines: [
      {
        name: "backup",
        expr: 'time() - max(mcp_mesh_backup_last_success_timestamp_seconds{namespace="NAMESPACE"})',
      },
      {
        name: "archived log",
        expr: 'time() - max(mcp_mesh_archive_last_success_timestamp_seconds{namespace="NAMESPACE"})',
      },
    ],
  },
];
