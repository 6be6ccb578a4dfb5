/**
 * Kubernetes service discovery for a Prometheus that was built without it, as Debian's is: answers
 * http_sd requests with the pods of a namespace, under the labels that kubernetes_sd_configs gives.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

export interface Pod {
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: { nodeName?: string };
  status: { phase?: string; podIP?: string };
}

export interface TargetGroup {
  targets: string[];
  labels: Record<string, string>;
}

const PORT = 9091;
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** One group for each pod that has an address; its port is for relabelling to say. */
export function targetGroups(pods: readonly Pod[]): TargetGroup[] {
  return pods.flatMap(({ metadata, spec, status }) => {
    if (!status.podIP) return [];
    const labels = {
      __meta_kubernetes_namespace: metadata.namespace,
      __meta_kubernetes_pod_name: metadata.name,
      __meta_kubernetes_pod_ip: status.podIP,
      __meta_kubernetes_pod_phase: status.phase ?? "Unknown",
      __meta_kubernetes_pod_node_name: spec.nodeName ?? "",
      ...named("__meta_kubernetes_pod_label_", metadata.labels),
      ...named("__meta_kubernetes_pod_annotation_", metadata.annotations),
    };
    return [{ targets: [status.podIP], labels }];
  });
}

function named(prefix: string, values: Record<string, string> = {}): Record<string, string> {
  const entries = Object.entries(values).map(([key, value]) => [
    prefix + key.replace(/[^a-zA-Z0-9_]/g, "_"),
    value,
  ]);
  return Object.fromEntries(entries);
}

/** The API server's certificate is checked by NODE_EXTRA_CA_CERTS. */
async function listPods(): Promise<Pod[]> {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port } = process.env;
  const address = host.includes(":") ? `[${host}]` : host;
  // Version 0: out of the API server's memory, at no cost to etcd.
  const path = `/api/v1/namespaces/${process.env.NAMESPACE}/pods?resourceVersion=0`;
  const response = await fetch(`https://${address}:${port}${path}`, {
    // Read each time, because the kubelet renews it.
    headers: { authorization: `Bearer ${readFileSync(`${ACCOUNT}/token`, "utf8")}` },
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`${path} ended with ${response.status}`);
  return ((await response.json()) as { items: Pod[] }).items;
}

if (import.meta.main) {
  const server = createServer(async (request, response) => {
    if (request.url === "/live") {
      response.end("ok\n");
      return;
    }
    try {
      const groups = targetGroups(await listPods());
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(groups));
    } catch (error) {
      // Prometheus keeps the targets that it has, and counts a failure.
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
      const line = { time: new Date().toISOString(), level: "error", component: "pod-discovery" };
      console.error(JSON.stringify({ ...line, msg: "cannot list the pods", error: reason }));
      response.writeHead(503).end(`${reason}\n`);
    }
  });
  server.listen(PORT);
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
}
