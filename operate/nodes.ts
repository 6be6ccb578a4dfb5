import type { Cluster } from "#operate/cluster";

/** Whether the node's kubelet says that all is well; false if there is no such node. */
export async function isReady(cluster: Cluster, node: string): Promise<boolean> {
  const found = await cluster.get("node", node);
  const conditions: { type: string; status: string }[] = found?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
