import { exportedBy } from "#observability/catalogue/metric";

const replica = ["replica"];

/** Of postgres_exporter, where there are read replicas; those of one replica are the writer's to tell. */
export const replicas = exportedBy("postgres", [
  ["gauge", "mcp_mesh_postgres_writer", "1 if the pod takes writes, 0 if it follows."],
  ["gauge", "mcp_mesh_replica_connected", "1 if the replica follows.", replica],
  ["gauge", "mcp_mesh_replica_behind_seconds", "How old what the replica shows is.", replica],
  ["gauge", "mcp_mesh_replica_held_bytes", "Log that is kept for the replica.", replica],
  ["gauge", "mcp_mesh_replica_held_limit_bytes", "How much log is kept for a replica at most."],
]);
