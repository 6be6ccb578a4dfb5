import { type AlertCase, critical, series, target, warning } from "#test/observability/cases/case";

const on = (pod: string) => target("postgres", "postgres", pod);
const postgres = { job: "postgres", service: "postgres" };
const writer = (pod: string) => series("mcp_mesh_postgres_writer", on(pod));
const of = (name: string) => series(name, { ...on("postgres-0"), replica: "postgres_standby_0" });
const connected = of("mcp_mesh_replica_connected");
const behind = of("mcp_mesh_replica_behind_seconds");
const held = of("mcp_mesh_replica_held_bytes");
const limit = series("mcp_mesh_replica_held_limit_bytes", on("postgres-0"));
const replica = { ...warning, ...postgres, replica: "postgres_standby_0" };

export const replicaCases: AlertCase[] = [
  {
    alert: "PostgresWithoutWriter",
    fires: {
      when: "the writer's pod is gone, and a replica answers",
      series: {
        [writer("postgres-0")]: "1x4 stale",
        [writer("postgres-standby-0")]: "0x40",
      },
      at: "4m",
      labels: { ...critical, ...postgres },
    },
    silent: [
      {
        when: "another one has taken its place",
        series: {
          [writer("postgres-0")]: "1x4 stale",
          [writer("postgres-standby-0")]: "0x6 1x40",
        },
        at: "4m",
      },
      { when: "there are no replicas", series: {}, at: "10m" },
    ],
  },
  {
    alert: "ReplicaBehind",
    fires: {
      when: "a replica does not follow",
      series: { [connected]: "1 0x40" },
      at: "7m",
      labels: replica,
    },
    silent: [
      { when: "it is away for a restart", series: { [connected]: "1 0x8 1x40" }, at: "8m" },
      {
        when: "it is half a minute behind",
        series: { [connected]: "1x40", [behind]: "30x40" },
        at: "8m",
      },
    ],
  },
  {
    alert: "ReplicaBehind",
    fires: {
      when: "a replica follows, but two minutes behind",
      series: { [connected]: "1x40", [behind]: "120x40" },
      at: "7m",
      labels: replica,
    },
    silent: [
      {
        when: "it catches up after a burst",
        series: { [connected]: "1x40", [behind]: "120x12 0x40" },
        at: "8m",
      },
    ],
  },
  {
    alert: "ReplicaSlotFilling",
    fires: {
      when: "three quarters of what is kept at most are kept",
      series: { [held]: "750x20", [limit]: "1000x20" },
      at: "3m",
      labels: replica,
      value: "75%",
    },
    silent: [{ when: "half is", series: { [held]: "500x20", [limit]: "1000x20" }, at: "3m" }],
  },
];
