import { type Area, oneLine, WORKLOAD } from "#observability/rules/model";

const REPLICA = `${WORKLOAD}, replica`;

export const replicas: Area["groups"][number] = {
  name: "replicas",
  rules: [
    {
      alert: "PostgresWithoutWriter",
      // Told by each pod that answers: they are there, and none of them takes writes.
      expr: `max by (${WORKLOAD}) (mcp_mesh_postgres_writer) == 0`,
      for: "1m",
      keepFiringFor: "1m",
      severity: "critical",
      summary: "No pod of {{ $labels.service }} takes writes",
      description:
        "For a minute only replicas have answered. Agents keep the wiring that they have; no agent can join, and heartbeats are refused. A replica can take the writer's place, but a person has to decide that.",
      dashboard: "postgres",
    },
    {
      alert: "ReplicaBehind",
      expr: oneLine(`
        max by (${REPLICA}) (mcp_mesh_replica_behind_seconds) > 60
        or max by (${REPLICA}) (mcp_mesh_replica_connected) == 0
      `),
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.replica }} of {{ $labels.service }} does not keep up",
      description:
        "For five minutes the replica has not followed the writer, or is more than a minute behind. If the writer were lost now, so would be what the replica has not got; whoever reads there reads what was.",
      dashboard: "postgres",
    },
    {
      alert: "ReplicaSlotFilling",
      expr: oneLine(`
        max by (${REPLICA}) (mcp_mesh_replica_held_bytes)
        / on (${WORKLOAD}) group_left max by (${WORKLOAD}) (mcp_mesh_replica_held_limit_bytes) > 0.7
      `),
      for: "1m",
      severity: "warning",
      summary:
        "The log kept for {{ $labels.replica }} has {{ $value | humanizePercentage }} of its limit",
      description:
        "The writer keeps what the replica still has to fetch. At the limit it lets go of that, so that its own volume does not fill, and the replica has to be copied anew.",
      dashboard: "postgres",
    },
  ],
};
