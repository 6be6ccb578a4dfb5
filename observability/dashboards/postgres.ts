import {
  BytesIEC,
  CountsPerSecond,
  NoUnit,
  OpsPerSecond,
  PercentUnit,
  Seconds,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardSpec } from "#observability/dashboards/dashboard";
import { age, by, rate, series } from "#observability/dashboards/expressions";
import type { PanelSpec } from "#observability/dashboards/panels";

const HOUR = 3600;
/** Those that Postgres brings along are of no interest. */
const MESH = 'datname!~"template.*|postgres|"';
const backups = "mcp_mesh_backup_last_success_timestamp_seconds";
const connections = by([], series("pg_stat_database_numbackends"));
const allowed = by([], series("pg_settings_max_connections"), "max");

const now: PanelSpec[] = [
  {
    kind: "stat",
    title: "Postgres",
    description: "Whether the exporter beside Postgres gets answers from it: 1, or else 0.",
    unit: NoUnit,
    queries: [{ expr: by([], series("pg_up"), "max"), legend: "answers" }],
    absentWhen: "no-postgres-metrics",
    thresholds: { critical: 1, below: true },
  },
  {
    kind: "stat",
    title: "Connections used",
    description: "The part of the connections that Postgres admits. At 100 % nobody else gets in.",
    unit: PercentUnit,
    queries: [{ expr: `${connections} / ${allowed}`, legend: "used" }],
    absentWhen: "no-postgres-metrics",
    thresholds: { warning: 0.7, critical: 0.9 },
  },
  {
    kind: "stat",
    title: "Size",
    description: "What the mesh's database takes on disk, without the write-ahead log.",
    unit: BytesIEC,
    queries: [{ expr: by([], series("pg_database_size_bytes", MESH)), legend: "size" }],
    absentWhen: "no-postgres-metrics",
  },
  {
    kind: "stat",
    title: "Since the last backup",
    description: "The age of the youngest backup, of whichever type.",
    unit: Seconds,
    queries: [{ expr: age(by([], series(backups), "max")), legend: "ago" }],
    absentWhen: "no-backups",
    thresholds: { warning: 30 * HOUR, critical: 54 * HOUR },
  },
  {
    kind: "stat",
    title: "Since the last archived segment",
    description:
      "The age of the youngest segment of the write-ahead log that is safe elsewhere: what a lost volume would cost.",
    unit: Seconds,
    queries: [
      {
        expr: age(by([], series("mcp_mesh_archive_last_success_timestamp_seconds"), "max")),
        legend: "ago",
      },
    ],
    absentWhen: "no-backups",
    thresholds: { warning: 900, critical: HOUR },
  },
  {
    kind: "stat",
    title: "Since a backup was found good",
    description: "Time since a backup was restored and looked into.",
    unit: Seconds,
    queries: [
      {
        expr: age(by([], series("mcp_mesh_backup_last_verified_timestamp_seconds"), "max")),
        legend: "ago",
      },
    ],
    absentWhen: "no-verified-backup",
    thresholds: { warning: 8 * 24 * HOUR },
  },
  {
    kind: "stat",
    title: "Time to restore",
    description:
      "How long the last backup that was found good took to be copied and to recover until it answered: what the loss of the volume would cost.",
    unit: Seconds,
    queries: [
      {
        expr: by([], series("mcp_mesh_backup_verified_seconds", 'phase!="check"')),
        legend: "to the first answer",
      },
    ],
    absentWhen: "no-verified-backup",
  },
  {
    kind: "stat",
    title: "The last verification",
    description: "1 if the backup that was looked into last was not good.",
    unit: NoUnit,
    queries: [
      { expr: by([], series("mcp_mesh_backup_verification_failed"), "max"), legend: "failed" },
    ],
    absentWhen: "no-verified-backup",
    thresholds: { critical: 1 },
  },
];

const work: PanelSpec[] = [
  {
    kind: "graph",
    title: "Connections",
    description: "Connections by database, and how many Postgres admits in all.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["datname"], series("pg_stat_database_numbackends", MESH)),
        legend: "{{datname}}",
      },
      { expr: allowed, legend: "admitted" },
    ],
    absentWhen: "no-postgres-metrics",
  },
  {
    kind: "graph",
    title: "Transactions",
    description: "Transactions each second, committed and undone.",
    unit: OpsPerSecond,
    queries: [
      { expr: by([], rate("pg_stat_database_xact_commit", MESH)), legend: "committed" },
      { expr: by([], rate("pg_stat_database_xact_rollback", MESH)), legend: "undone" },
    ],
    absentWhen: "no-postgres-metrics",
  },
  {
    kind: "graph",
    title: "Blocks found in memory",
    description: "The part of the blocks that were read without asking the disk.",
    unit: PercentUnit,
    queries: [
      {
        expr: `${by([], rate("pg_stat_database_blks_hit", MESH))} / (${by([], rate("pg_stat_database_blks_hit", MESH))} + ${by([], rate("pg_stat_database_blks_read", MESH))})`,
        legend: "found",
      },
    ],
    absentWhen: "no-postgres-metrics",
    thresholds: { warning: 0.9, below: true },
    max: 1,
  },
  {
    kind: "graph",
    title: "Deadlocks",
    description: "Transactions that waited for each other, so that one was undone.",
    unit: CountsPerSecond,
    queries: [
      { expr: by(["datname"], rate("pg_stat_database_deadlocks", MESH)), legend: "{{datname}}" },
    ],
    absentWhen: "no-postgres-metrics",
    thresholds: { warning: 0.001 },
  },
  {
    kind: "graph",
    title: "Size by database",
    description: "What the databases take on disk.",
    unit: BytesIEC,
    queries: [
      { expr: by(["datname"], series("pg_database_size_bytes", MESH)), legend: "{{datname}}" },
    ],
    absentWhen: "no-postgres-metrics",
  },
  {
    kind: "graph",
    title: "Volume",
    description: "The part of the database's volume that is full. A full volume stops Postgres.",
    unit: PercentUnit,
    queries: [
      {
        expr: `1 - ${by(["persistentvolumeclaim"], series("kubelet_volume_stats_available_bytes", 'persistentvolumeclaim=~".*postgres.*"'))} / ${by(["persistentvolumeclaim"], series("kubelet_volume_stats_capacity_bytes", 'persistentvolumeclaim=~".*postgres.*"'))}`,
        legend: "{{persistentvolumeclaim}}",
      },
    ],
    absentWhen: "no-kubelet",
    thresholds: { warning: 0.8, critical: 0.9 },
    max: 1,
  },
];

const safety: PanelSpec[] = [
  {
    kind: "graph",
    title: "Time of a verification",
    description: "What each phase of the last good verification took.",
    unit: Seconds,
    queries: [
      {
        expr: by(["phase"], series("mcp_mesh_backup_verified_seconds"), "max"),
        legend: "{{phase}}",
      },
    ],
    absentWhen: "no-verified-backup",
  },
  {
    kind: "graph",
    title: "Data that was verified",
    description: "What the last good verification restored.",
    unit: BytesIEC,
    queries: [
      { expr: by([], series("mcp_mesh_backup_verified_size_bytes"), "max"), legend: "restored" },
    ],
    absentWhen: "no-verified-backup",
  },
  {
    kind: "graph",
    title: "Age of backups",
    description: "Time since the last backup of each type ended well.",
    unit: Seconds,
    queries: [{ expr: age(by(["type"], series(backups), "max")), legend: "{{type}}" }],
    absentWhen: "no-backups",
  },
  {
    kind: "graph",
    title: "Size of the last backup",
    description: "What the last backup takes where it is kept.",
    unit: BytesIEC,
    queries: [{ expr: by([], series("mcp_mesh_backup_last_size_bytes"), "max"), legend: "size" }],
    absentWhen: "no-backups",
  },
  {
    kind: "graph",
    title: "Backups that failed",
    description: "Failed backups within the last day.",
    unit: NoUnit,
    queries: [
      {
        expr: by([], `increase(${series("mcp_mesh_backup_failures_total")}[1d])`),
        legend: "failed",
      },
    ],
    absentWhen: "no-backups",
    thresholds: { warning: 1 },
  },
  {
    kind: "graph",
    title: "Segments archived",
    description: "Segments of the write-ahead log that were archived, and attempts that failed.",
    unit: CountsPerSecond,
    queries: [
      { expr: by([], rate("pg_stat_archiver_archived_count")), legend: "archived" },
      { expr: by([], rate("pg_stat_archiver_failed_count")), legend: "failed" },
    ],
    absentWhen: "no-backups",
  },
];

export const postgres: DashboardSpec = {
  uid: "mcp-mesh-postgres",
  title: "MCP Mesh: Postgres and backups",
  description: "The database of the mesh: its work, its room, and how much could be lost.",
  rows: [
    { title: "Now", panels: now },
    { title: "Work", panels: work },
    { title: "Backups", panels: safety },
  ],
};
