import { stages } from "#observability/logs/stages";
import { type Block, expression, format, type Value } from "#observability/logs/syntax";

/** Where entries go. */
export interface Target {
  /** Loki's, without a path. */
  url: string;
  tenant?: string | undefined;
  /** The user, and the file with the password, where Loki wants both. */
  login?: { username: string; passwordFile: string } | undefined;
}

/** The name of the component with the stages. */
export const PROCESS = "mesh";

const meta = (name: string) => `__meta_kubernetes_${name}`;

/** Puts what Kubernetes says of a pod where stages find it. */
const relabel = (source: string, target: string): Block => ({
  name: "rule",
  attributes: { source_labels: [meta(source)], target_label: target },
});

/**
 * Alloy's whole configuration, for one pod of it on every node. It reads the logs of a namespace from
 * the API server: that takes a Role there, and nothing of the node.
 */
export function alloyConfiguration(namespace: string, { url, tenant, login }: Target): string {
  const authentication: Block[] = login
    ? [
        {
          name: "basic_auth",
          attributes: { username: login.username, password_file: login.passwordFile },
        },
      ]
    : [];
  const endpoint: Record<string, Value> = {
    url: `${url.replace(/\/$/, "")}/loki/api/v1/push`,
    ...(tenant === undefined ? {} : { tenant_id: tenant }),
    // What can't be sent is tried again for minutes, and then told of in Alloy's own metrics.
    max_backoff_period: "1m",
    max_backoff_retries: 10,
  };
  return format([
    { name: "logging", attributes: { level: "info", format: "json" } },
    {
      name: "discovery.kubernetes",
      label: "pods",
      attributes: { role: "pod" },
      blocks: [
        { name: "namespaces", attributes: { names: [namespace] } },
        {
          name: "selectors",
          attributes: {
            role: "pod",
            field: expression('"spec.nodeName=" + sys.env("NODE_NAME")'),
          },
        },
      ],
    },
    {
      name: "discovery.relabel",
      label: "pods",
      attributes: { targets: expression("discovery.kubernetes.pods.targets") },
      blocks: [
        relabel("namespace", "namespace"),
        relabel("pod_name", "pod"),
        relabel("pod_container_name", "container"),
        relabel("pod_label_app_kubernetes_io_name", "service"),
        relabel("pod_label_app_kubernetes_io_component", "component"),
      ],
    },
    {
      name: "loki.source.kubernetes",
      label: "pods",
      attributes: {
        targets: expression("discovery.relabel.pods.output"),
        forward_to: [expression(`loki.process.${PROCESS}.receiver`)],
      },
    },
    {
      name: "loki.process",
      label: PROCESS,
      attributes: { forward_to: [expression("loki.write.loki.receiver")] },
      blocks: [...stages],
    },
    {
      name: "loki.write",
      label: "loki",
      blocks: [{ name: "endpoint", attributes: endpoint, blocks: authentication }],
    },
  ]);
}
