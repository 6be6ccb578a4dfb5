import type { Global } from "#components/internal/types";

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
