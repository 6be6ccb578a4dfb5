import { type Area, oneLine, WORKLOAD } from "#observability/rules/model";
import { replicas } from "#observability/rules/replicas";

const POD = `${WORKLOAD}, pod`;
const ENABLED = `max by (${WORKLOAD}) (mcp_mesh_backup_enabled) == 1`;
const grown = (counter: string, window: string) =>
  `sum by (${WORKLOAD}) (increase(${counter}[${window}]))`;
const newest = (timestamp: string) => `max by (${WORKLOAD}) (${timestamp})`;
const VERIFIED = newest("mcp_mesh_backup_last_verified_timestamp_seconds");

export const postgres: Area = {
  name: "postgres",
  title: "Postgres and its backups",
  groups: [
    {
      name: "postgres",
      rules: [
        {
          alert: "PostgresDown",
          // The last part: the pod is gone, and with it what Prometheus would scrape.
          expr: oneLine(`
            max by (${WORKLOAD}) (pg_up) == 0
            or max by (${WORKLOAD}) (up{job="postgres"}) == 0
            or (
              max by (${WORKLOAD}) (max_over_time(up{job="postgres"}[1h]))
              unless max by (${WORKLOAD}) (up{job="postgres"})
            )
          `),
          for: "1m",
          keepFiringFor: "1m",
          severity: "critical",
          summary: "Postgres ({{ $labels.service }}) does not answer",
          description:
            "For a minute Postgres has answered nobody, or its pod is gone. Agents keep the wiring that they have; no agent can join, and heartbeats are refused.",
          dashboard: "postgres",
        },
        {
          alert: "PostgresConnectionsHigh",
          expr: oneLine(`
            sum by (${POD}) (pg_stat_database_numbackends)
            / max by (${POD}) (pg_settings_max_connections) > 0.85
          `),
          for: "5m",
          severity: "warning",
          summary:
            "{{ $labels.pod }} has {{ $value | humanizePercentage }} of its connections in use",
          description:
            "When all connections of Postgres are in use, whoever comes next is refused: a new replica of the registry does not become ready.",
          dashboard: "postgres",
        },
        {
          alert: "PostgresArchivingFails",
          // A failed attempt is repeated; it counts when none succeeds.
          expr: oneLine(`
            ${grown("pg_stat_archiver_failed_count", "15m")} > 0
            and ${grown("pg_stat_archiver_archived_count", "15m")} == 0
          `),
          for: "5m",
          severity: "critical",
          summary: "{{ $labels.service }} cannot archive its write-ahead log",
          description:
            "All attempts of the last 15 minutes failed. What is written now would be lost with the volume; and Postgres keeps what it cannot archive until the volume is full and it stops.",
          dashboard: "postgres",
        },
        {
          alert: "PostgresArchivingBehind",
          // Segments are closed after a minute, but only when something was written.
          expr: oneLine(`
            time() - ${newest("mcp_mesh_archive_last_success_timestamp_seconds")} > 900
            and ${grown("pg_stat_database_tup_updated", "15m")} > 0
            and ${ENABLED}
          `),
          for: "5m",
          severity: "warning",
          summary: "The archive of {{ $labels.service }} is {{ $value | humanizeDuration }} behind",
          description:
            "Postgres writes, but nothing has been archived for {{ $value | humanizeDuration }}. What was written since then would be lost with the volume.",
          dashboard: "postgres",
        },
        {
          alert: "BackupFails",
          expr: `${grown("mcp_mesh_backup_failures_total", "15m")} > 2.5`,
          severity: "warning",
          summary: "Backups of {{ $labels.service }} fail again and again",
          description:
            "At least three attempts of the last 15 minutes failed. The older backups and the archive are still there; they only take longer to restore.",
          dashboard: "postgres",
        },
        {
          alert: "BackupTooOld",
          // Two backups have failed to come, and the third is on its way.
          expr: oneLine(`
            time() - ${newest("mcp_mesh_backup_last_success_timestamp_seconds")}
            > 3 * ${newest("mcp_mesh_backup_interval_seconds")} + 1800
          `),
          for: "10m",
          severity: "critical",
          summary:
            "The last backup of {{ $labels.service }} is {{ $value | humanizeDuration }} old",
          description:
            "Three backups were due since the last one that ended well. Until one does, a restore takes longer each hour, and depends on all of the archive since then.",
          dashboard: "postgres",
        },
        {
          alert: "SecondBackupTooOld",
          expr: oneLine(`
            time() - ${newest("mcp_mesh_backup_second_last_success_timestamp_seconds")}
            > 3 * ${newest("mcp_mesh_backup_interval_seconds")} + 1800
            or (
              ${newest("mcp_mesh_backup_second_enabled")} == 1
              unless ${newest("mcp_mesh_backup_second_last_success_timestamp_seconds")}
            )
          `),
          for: "1h",
          severity: "warning",
          summary: "The second repository of {{ $labels.service }} has no fresh backup",
          description:
            "Three backups to the second repository were due since the last one that ended well, or there is none. If the first repository is lost now, with its storage or its region, a restore is of old data.",
          dashboard: "postgres",
        },
        {
          alert: "ArchiveHasGap",
          // A gap in the latest part is closed by a full backup, which the loop takes by itself.
          expr: oneLine(`
            max by (${WORKLOAD}, repository, span) (mcp_mesh_archive_missing_segments) > 0
          `),
          for: "5m",
          severity: "warning",
          summary:
            "The archive of {{ $labels.service }} lacks {{ $value }} segments in repository {{ $labels.repository }}",
          description:
            "Segments that were archived are no longer there. No restore gets past them: with span latest, nothing written after the newest full backup can be restored until there is another; with span older, some past times can't.",
          dashboard: "postgres",
        },
        {
          alert: "BackupMissing",
          expr: oneLine(`
            max by (${WORKLOAD}) (mcp_mesh_backup_enabled) == 1
            unless ${newest("mcp_mesh_backup_last_success_timestamp_seconds")}
          `),
          for: "1h",
          severity: "critical",
          summary: "There is no backup of {{ $labels.service }}",
          description:
            "Backups are configured, but for an hour nobody has been able to tell of one. If the volume is lost now, so is the data.",
          dashboard: "postgres",
        },
        {
          alert: "BackupNotVerified",
          // The second part: backups have been looked into for as long, and none was ever good.
          expr: oneLine(`
            time() - ${VERIFIED} > 8 * 86400
            or (
              8 * 86400 * (${newest("mcp_mesh_backup_verification_enabled offset 8d")} == 1)
              and ${newest("mcp_mesh_backup_verification_enabled")} == 1
              unless ${VERIFIED}
            )
          `),
          for: "1h",
          severity: "warning",
          summary:
            "No backup of {{ $labels.service }} was found good for {{ $value | humanizeDuration }}",
          description:
            "Backups are restored and looked into from time to time. The last time that one was found good is {{ $value | humanizeDuration }} ago: nobody knows whether the newer ones can be restored.",
          dashboard: "postgres",
        },
        {
          alert: "BackupVerificationFails",
          expr: `${newest("mcp_mesh_backup_verification_failed")} == 1`,
          severity: "critical",
          summary: "The newest backup of {{ $labels.service }} is not good",
          description:
            "It was restored and looked into, and something was missing or damaged, or it could not be restored at all. If the volume is lost now, so may be the data.",
          dashboard: "postgres",
        },
      ],
    },
    replicas,
  ],
};
