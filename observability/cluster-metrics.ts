import { kubeStateMetrics } from "#observability/catalogue/kube-state-metrics";
import { kubelet } from "#observability/catalogue/kubelet";
import type { Metric } from "#observability/catalogue/metric";

/** What the chart has Prometheus take of exporters that would give much more, by where it is read. */
export const clusterMetrics: Record<string, readonly string[]> = {
  objects: names(kubeStateMetrics),
  cadvisor: names(kubelet.filter(({ name }) => name.startsWith("container_"))),
  kubelet: names(kubelet.filter(({ name }) => name.startsWith("kubelet_"))),
};

function names(metrics: readonly Metric[]): string[] {
  return metrics.map(({ name }) => name).toSorted();
}

/** As the chart reads it. */
export function clusterMetricsFile(): string {
  const lists = Object.entries(clusterMetrics).map(
    ([key, all]) => `${key}:\n${all.map((name) => `  - ${name}\n`).join("")}`,
  );
  return `# Made by \`npm run generate\` from observability/catalogue.\n${lists.join("")}`;
}
