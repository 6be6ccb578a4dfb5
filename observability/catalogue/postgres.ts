import { exportedBy } from "#observability/catalogue/metric";

const database = ["datname"];

/** Of postgres_exporter, in all versions since 0.11; and of the backup loop beside it. */
export const postgres = exportedBy("postgres", [
  ["gauge", "pg_up", "1 if the exporter's last question to Postgres was answered."],
  ["gauge", "pg_settings_max_connections", "Connections that Postgres admits.", ["server"]],
  ["gauge", "pg_stat_database_numbackends", "Connections to a database.", ["datid", "datname"]],
  ["counter", "pg_stat_database_xact_commit", "Transactions committed.", ["datid", "datname"]],
  ["counter", "pg_stat_database_xact_rollback", "Transactions undone.", ["datid", "datname"]],
  ["counter", "pg_stat_database_blks_hit", "Blocks found in the cache.", ["datid", "datname"]],
  ["counter", "pg_stat_database_blks_read", "Blocks read from disk.", ["datid", "datname"]],
  ["counter", "pg_stat_database_tup_updated", "Rows changed.", ["datid", "datname"]],
  ["counter", "pg_stat_database_deadlocks", "Deadlocks found.", ["datid", "datname"]],
  ["gauge", "pg_database_size_bytes", "Size of a database on disk.", database],
  ["counter", "pg_stat_archiver_archived_count", "Segments archived.", ["server"]],
  ["counter", "pg_stat_archiver_failed_count", "Attempts to archive that failed.", ["server"]],
  ["gauge", "mcp_mesh_backup_enabled", "1 if backups are configured."],
  ["gauge", "mcp_mesh_backup_interval_seconds", "How often a backup is due."],
  [
    "gauge",
    "mcp_mesh_backup_last_success_timestamp_seconds",
    "When the last backup ended well, by type: full or diff.",
    ["type"],
  ],
  [
    "gauge",
    "mcp_mesh_backup_last_verified_timestamp_seconds",
    "When a restored backup was last found good.",
  ],
  [
    "gauge",
    "mcp_mesh_backup_verification_enabled",
    "1 if backups are restored and looked into from time to time.",
  ],
  [
    "gauge",
    "mcp_mesh_backup_verification_failed",
    "1 if the last backup that was looked into was not good.",
  ],
  [
    "gauge",
    "mcp_mesh_backup_verified_seconds",
    "How long each phase of the last good verification took: restore, recovery, check.",
    ["phase"],
  ],
  ["gauge", "mcp_mesh_backup_verified_size_bytes", "What the last good verification restored."],
  ["gauge", "mcp_mesh_backup_last_size_bytes", "Size of the last backup."],
  ["gauge", "mcp_mesh_backup_second_enabled", "1 if there is a second repository."],
  [
    "gauge",
    "mcp_mesh_backup_second_last_success_timestamp_seconds",
    "When the last backup to the second repository ended well, by type: full or diff.",
    ["type"],
  ],
  ["counter", "mcp_mesh_backup_failures_total", "Backups that failed."],
  [
    "gauge",
    "mcp_mesh_archive_last_success_timestamp_seconds",
    "When a segment of the write-ahead log was last archived.",
  ],
  [
    "gauge",
    "mcp_mesh_archive_missing_segments",
    "Segments that a repository's archive lacks: since its newest full backup, or older ones.",
    ["repository", "span"],
  ],
]);
