import type { Global } from "#components/internal/types";

/** The labels that Kubernetes recommends, for an object that stands in no chart. */
export function recommendedLabels(name: string, component: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/part-of": "mcp-mesh",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** The house's labels and annotations for a raw manifest, with its own; no empty maps. */
export function houseMetadata(
  global: Global | undefined,
  own: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
) {
  const labels = { ...global?.labels, ...own.labels };
  const annotations = { ...global?.annotations, ...own.annotations };
  return {
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
}
