/**
 * Kubernetes service discovery for a Prometheus that was built without it, as Debian's is: answers
 * http_sd requests with the pods of a namespace (/) or the nodes (/nodes), under the labels that
 * kubernetes_sd_configs gives.
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

export interface Node {
  metadata: { name: string };
  status: {
    addresses?: { type: string; address: string }[];
    daemonEndpoints?: { kubeletEndpoint?: { Port?: number } };
  };
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

/** One group for each node that has an address: its kubelet. */
export function kubeletGroups(nodes: readonly Node[]): TargetGroup[] {
  return nodes.flatMap(({ metadata, status }) => {
    const address = status.addresses?.find(({ type }) => type === "InternalIP")?.address;
    if (!address) return [];
    const port = status.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250;
    const host = address.includes(":") ? `[${address}]` : address;
    return [
      { targets: [`${host}:${port}`], labels: { __meta_kubernetes_node_name: metadata.name } },
    ];
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
async function listed<T>(resource: string): Promise<T[]> {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port } = process.env;
  const address = host.includes(":") ? `[${host}]` : host;
  // Version 0: out of the API server's memory, at no cost to etcd.
  const path = `/api/v1/${resource}?resourceVersion=0`;
  const response = await fetch(`https://${address}:${port}${path}`, {
    // Read each time, because the kubelet renews it.
    headers: { authorization: `Bearer ${readFileSync(`${ACCOUNT}/token`, "utf8")}` },
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`${path} ended with ${response.status}`);
  return ((await response.json()) as { items: T[] }).items;
}

/** Whoever asks for the nodes must be let see them. */
const answers: Record<string, () => Promise<TargetGroup[]>> = {
  "/": async () => targetGroups(await listed<Pod>(`namespaces/${process.env.NAMESPACE}/pods`)),
  "/nodes": async () => kubeletGroups(await listed<Node>("nodes")),
};

if (import.meta.main) {
  const server = createServer(async (request, response) => {
    if (request.url === "/live") {
      response.end("ok\n");
      return;
    }
    const answer = answers[request.url ?? ""];
    if (!answer) {
      response.writeHead(404).end();
      return;
    }
    try {
      const groups = await answer();
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(groups));
    } catch (error) {
      // Prometheus keeps the targets that it has, and counts a failure.
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
      const line = { time: new Date().toISOString(), level: "error", component: "pod-discovery" };
      console.error(JSON.stringify({ ...line, msg: "cannot list the targets", error: reason }));
      response.writeHead(503).end(`${reason}\n`);
    }
  });
  server.listen(PORT);
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
}
