import { kubeStateMetrics } from "#observability/catalogue/kube-state-metrics";
import { kubelet } from "#observability/catalogue/kubelet";
import { type Metric, seriesOf, targetLabels } from "#observability/catalogue/metric";
import { alertmanager, prometheus } from "#observability/catalogue/monitoring";
import { own } from "#observability/catalogue/own";
import { postgres } from "#observability/catalogue/postgres";
import { replicas } from "#observability/catalogue/replicas";

/** Every metric that rules, dashboards and the page may ask for. */
export const metrics: readonly Metric[] = [
  ...own,
  ...postgres,
  ...replicas,
  ...kubeStateMetrics,
  ...kubelet,
  ...prometheus,
  ...alertmanager,
];

/** The labels that each series can have, by the series' name. */
export const labelsOfSeries: ReadonlyMap<string, ReadonlySet<string>> = collect();

function collect(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const metric of metrics) {
    for (const [series, extra] of Object.entries(seriesOf(metric))) {
      const labels = found.get(series) ?? new Set<string>(targetLabels);
      for (const label of [...metric.labels, ...extra]) labels.add(label);
      found.set(series, labels);
    }
  }
  return found;
}
