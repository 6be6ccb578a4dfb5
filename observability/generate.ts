import { clusterMetricsFile } from "#observability/cluster-metrics";
import { dashboardFiles } from "#observability/dashboards/index";
import { metricsPage } from "#observability/reference";
import { areas } from "#observability/rules/index";
import { ruleFile } from "#observability/rules/write";

/** The files that follow from the catalogue, the rules and the dashboards, by path from the root. */
export function observabilityFiles(): Record<string, string> {
  const rules = areas.map((area) => [
    `charts/observability/rules/${area.name}.yaml`,
    ruleFile(area),
  ]);
  return {
    ...Object.fromEntries(rules),
    ...dashboardFiles(),
    "charts/observability/files/cluster-metrics.yaml": clusterMetricsFile(),
    "docs/metrics.md": metricsPage(),
  };
}
