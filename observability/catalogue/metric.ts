/** Who exports a metric; `job` of its series has the same name. */
export type Exporter =
  | "registry"
  | "agent"
  | "dashboard"
  | "postgres"
  | "kube-state-metrics"
  | "kubelet"
  | "prometheus"
  | "alertmanager";

export type MetricType = "counter" | "gauge" | "histogram" | "summary";

export interface Metric {
  name: string;
  type: MetricType;
  help: string;
  /** Those that the exporter gives; Prometheus adds `targetLabels`. */
  labels: readonly string[];
  unit: string;
  from: Exporter;
}

/** What Prometheus puts on every series of a target. */
export const targetLabels = ["namespace", "job", "service", "pod", "instance"] as const;

/** The names of a metric's series, each with the labels that only it has. */
export function seriesOf({ name, type }: Metric): Record<string, readonly string[]> {
  const parts = { [`${name}_count`]: [], [`${name}_sum`]: [] };
  if (type === "histogram") return { ...parts, [`${name}_bucket`]: ["le"] };
  if (type === "summary") return { ...parts, [name]: ["quantile"] };
  return { [name]: [] };
}

const units: [RegExp, string][] = [
  [/(_timestamp|_start_time)_seconds$/, "seconds since 1970"],
  [/_(seconds|age)(_total)?$/, "seconds"],
  [/_bytes(_total)?$/, "bytes"],
  [/_ratio$/, "ratio"],
  [/_info$/, "always 1"],
];

/** The unit that a name ends with, as Prometheus' conventions want it, or that the help tells. */
export function unitOf({ name, help }: Pick<Metric, "name" | "help">): string {
  if (/^1 (if|while|for)\b/.test(help)) return "0 or 1";
  return units.find(([ending]) => ending.test(name))?.[1] ?? "number";
}

type Row = readonly [type: MetricType, name: string, help: string, labels?: readonly string[]];

/** The metrics of an exporter that isn't ours, one a row. */
export function exportedBy(from: Exporter, rows: readonly Row[]): Metric[] {
  return rows.map(([type, name, help, labels = []]) => ({
    name,
    type,
    help,
    labels,
    unit: unitOf({ name, help }),
    from,
  }));
}
