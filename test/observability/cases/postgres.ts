import { type AlertCase, critical, series, target, warning } from "#test/observability/cases/case";

const pod = target("postgres", "postgres", "postgres-0");
const of = (name: string, labels = {}) => series(name, { ...pod, ...labels });
const postgres = { job: "postgres", service: "postgres" };
const up = of("up");
const answers = of("pg_up");
const connections = (datname: string) => of("pg_stat_database_numbackends", { datname });
const admitted = of("pg_settings_max_connections");
const failed = of("pg_stat_archiver_failed_count");
const archived = of("pg_stat_archiver_archived_count");
const lastArchived = of("mcp_mesh_archive_last_success_timestamp_seconds");
const writes = of("pg_stat_database_tup_updated", { datname: "registry" });
const enabled = of("mcp_mesh_backup_enabled");
const interval = of("mcp_mesh_backup_interval_seconds");
const success = (type: string) => of("mcp_mesh_backup_last_success_timestamp_seconds", { type });
const second = of("mcp_mesh_backup_second_last_success_timestamp_seconds", { type: "full" });
const secondEnabled = of("mcp_mesh_backup_second_enabled");
const missing = (span: string) =>
  of("mcp_mesh_archive_missing_segments", { repository: "1", span });
const failures = of("mcp_mesh_backup_failures_total");
const verified = of("mcp_mesh_backup_last_verified_timestamp_seconds");
const verifies = of("mcp_mesh_backup_verification_enabled");
const notGood = of("mcp_mesh_backup_verification_failed");

const down: AlertCase["fires"][] = [
  {
    when: "the server refuses its exporter",
    series: { [up]: "1x20", [answers]: "1 0x20" },
    at: "2m",
    labels: { ...critical, ...postgres },
  },
  {
    when: "the exporter does not answer either",
    series: { [up]: "0x20" },
    at: "2m",
    labels: { ...critical, ...postgres },
  },
  {
    when: "the pod is gone, and with it what is scraped",
    series: { [up]: "1x4 stale", [answers]: "1x4 stale" },
    at: "4m",
    labels: { ...critical, ...postgres },
  },
];

export const postgresCases: AlertCase[] = [
  ...down.map((fires) => ({
    alert: "PostgresDown",
    fires,
    silent: [
      {
        when: "it is back within a minute",
        series: { [up]: "1x4 stale _x2 1x20", [answers]: "1x4 stale _x2 1x20" },
        at: "4m",
      },
      { when: "the database is somebody else's, and nobody watches it", series: {}, at: "10m" },
    ],
  })),
  {
    alert: "PostgresConnectionsHigh",
    fires: {
      when: "nine connections in ten are in use",
      series: {
        [connections("registry")]: "80x40",
        [connections("postgres")]: "10x40",
        [admitted]: "100x40",
      },
      at: "6m",
      labels: { ...warning, ...postgres, pod: "postgres-0" },
      value: "90%",
    },
    silent: [
      {
        when: "eight in ten are",
        series: { [connections("registry")]: "80x40", [admitted]: "100x40" },
        at: "8m",
      },
    ],
  },
  {
    alert: "PostgresArchivingFails",
    fires: {
      when: "each attempt fails",
      series: { [failed]: "0+1x120", [archived]: "5x120" },
      at: "10m",
      labels: { ...critical, ...postgres },
    },
    silent: [
      {
        when: "an attempt fails now and then",
        series: { [failed]: "0+1x120", [archived]: "0+1x120" },
        at: "20m",
      },
    ],
  },
  {
    alert: "PostgresArchivingBehind",
    fires: {
      when: "Postgres writes and nothing is archived",
      series: { [lastArchived]: "0x120", [writes]: "0+5x120", [enabled]: "1x120" },
      at: "25m",
      labels: { ...warning, ...postgres },
      value: "25m 0s",
    },
    silent: [
      {
        when: "Postgres writes nothing either",
        series: { [lastArchived]: "0x120", [writes]: "70x120", [enabled]: "1x120" },
        at: "25m",
      },
      {
        when: "a segment was archived a minute ago",
        series: { [lastArchived]: "0+15x120", [writes]: "0+5x120", [enabled]: "1x120" },
        at: "25m",
      },
      {
        when: "backups were switched off",
        series: { [lastArchived]: "0x120", [writes]: "0+5x120", [enabled]: "0x120" },
        at: "25m",
      },
    ],
  },
  {
    alert: "BackupFails",
    fires: {
      when: "every attempt of a few minutes fails",
      series: { [failures]: "0x8 1x4 2x4 3x40" },
      at: "8m",
      labels: { ...warning, ...postgres },
    },
    silent: [
      { when: "the third attempt succeeds", series: { [failures]: "0x8 1x4 2x60" }, at: "15m" },
    ],
  },
  {
    alert: "BackupTooOld",
    fires: {
      when: "three hourly backups have not come",
      series: { [success("full")]: "0x60", [interval]: "3600x60" },
      at: "4h",
      every: "5m",
      labels: { ...critical, ...postgres },
      value: "4h 0m 0s",
    },
    silent: [
      {
        when: "only the full one is old",
        series: {
          [success("full")]: "0x60",
          [success("diff")]: "0+300x60",
          [interval]: "3600x60",
        },
        at: "4h",
        every: "5m",
      },
      {
        when: "backups are due once a day",
        series: { [success("full")]: "0x60", [interval]: "86400x60" },
        at: "4h",
        every: "5m",
      },
    ],
  },
  {
    alert: "SecondBackupTooOld",
    fires: {
      when: "the second repository gets none any more, and the first does",
      series: {
        [success("full")]: "0+300x80",
        [second]: "0x80",
        [secondEnabled]: "1x80",
        [interval]: "3600x80",
      },
      at: "5h",
      every: "5m",
      labels: { ...warning, ...postgres },
    },
    silent: [
      {
        when: "there is no second repository",
        series: { [success("full")]: "0x80", [interval]: "3600x80" },
        at: "5h",
        every: "5m",
      },
      {
        when: "it gets one each hour",
        series: { [second]: "0+300x80", [secondEnabled]: "1x80", [interval]: "3600x80" },
        at: "5h",
        every: "5m",
      },
    ],
  },
  {
    alert: "SecondBackupTooOld",
    fires: {
      when: "the second repository never got one",
      series: { [secondEnabled]: "1x80", [interval]: "3600x80" },
      at: "70m",
      every: "5m",
      labels: { ...warning, ...postgres },
    },
    silent: [
      {
        when: "the first one takes a while",
        series: { [secondEnabled]: "1x20", [second]: "_x5 1500x20", [interval]: "3600x20" },
        at: "70m",
        every: "5m",
      },
    ],
  },
  {
    alert: "ArchiveHasGap",
    fires: {
      when: "two segments are gone",
      series: { [missing("latest")]: "0x4 2x60", [missing("older")]: "0x64" },
      at: "10m",
      labels: { ...warning, ...postgres, repository: "1", span: "latest" },
      value: "2",
    },
    silent: [
      {
        when: "a full backup has closed it by the next look",
        series: { [missing("latest")]: "0x4 2x8 0x60", [missing("older")]: "0x72" },
        at: "15m",
      },
    ],
  },
  {
    alert: "BackupMissing",
    fires: {
      when: "nobody can tell of a backup",
      series: { [enabled]: "1x20" },
      at: "70m",
      every: "5m",
      labels: { ...critical, ...postgres },
    },
    silent: [
      {
        when: "the first one takes a while",
        series: { [enabled]: "1x20", [success("full")]: "_x5 1500x20" },
        at: "70m",
        every: "5m",
      },
      { when: "none are configured", series: { [enabled]: "0x20" }, at: "70m", every: "5m" },
    ],
  },
  {
    alert: "BackupNotVerified",
    fires: {
      when: "the last look into one is eight days ago",
      series: { [verified]: "0x200" },
      at: "194h",
      every: "1h",
      labels: { ...warning, ...postgres },
      value: "8d 2h 0m 0s",
    },
    silent: [
      {
        when: "it was a week ago",
        series: { [verified]: "86400x200" },
        at: "194h",
        every: "1h",
      },
      {
        when: "nothing verifies backups",
        series: { [enabled]: "1x200", [success("full")]: "0x200", [verifies]: "0x200" },
        at: "194h",
        every: "1h",
      },
    ],
  },
  {
    alert: "BackupNotVerified",
    fires: {
      when: "none was ever found good in eight days",
      series: { [verifies]: "1x200" },
      at: "194h",
      every: "1h",
      labels: { ...warning, ...postgres },
      value: "8d 0h 0m 0s",
    },
    silent: [
      {
        when: "the first look is yet to come",
        series: { [verifies]: "1x200" },
        at: "190h",
        every: "1h",
      },
      {
        when: "nobody looks any more, as the values say",
        series: { [verifies]: "1x100 0x100" },
        at: "200h",
        every: "1h",
      },
    ],
  },
  {
    alert: "BackupVerificationFails",
    fires: {
      when: "the last one was not good",
      series: { [notGood]: "0x5 1x20", [verified]: "0x30" },
      at: "4m",
      labels: { ...critical, ...postgres },
    },
    silent: [
      { when: "it was good again", series: { [notGood]: "1x5 0x20" }, at: "4m" },
      { when: "none was looked into yet", series: { [verifies]: "1x20" }, at: "4m" },
    ],
  },
];
