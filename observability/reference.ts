import { metrics } from "#observability/catalogue/index";
import type { Exporter, Metric } from "#observability/catalogue/metric";
import { readersOf } from "#observability/readers";
import { burns, MINIMUM_FAILURES } from "#observability/rules/burn-rates";
import { areas, recordings } from "#observability/rules/index";
import { type Alert, type Area, isAlert } from "#observability/rules/model";
import { type Slo, slos } from "#observability/rules/slos";
import { knownSeries } from "#observability/series";

/** The page about all that is measured, and what follows from it: `docs/metrics.md`. */
export function metricsPage(): string {
  return `# What is measured

Made by \`npm run generate\` from observability/: the services' own definitions, the rules, the
dashboards and the page's queries.

## Service levels

What the mesh promises over 30 days. Its alerts fire when the errors that this allows are used up too fast,
within a long window and a short one alike:

- fast: ${pairs("fast")}
- slow: ${pairs("slow")}

At least ${MINIMUM_FAILURES} failures must stand behind it: where there is little traffic, one failure is no outage.

${table(["Name", "Promise", "Goal", "Alert"], slos.map(sloRow))}
## Alerts

${areas.map(alertsOf).join("\n")}
## What rules record

${table(["Series", "Unit", "Labels", "Meaning"], recordingRows())}
## Metrics

Besides its own labels, each series has \`namespace\`, \`job\` (who exports it), \`service\` (the
workload), \`pod\` and \`instance\`. What nothing here reads is for a person who looks for a cause.

${[...sections()].map(([title, own]) => section(title, own)).join("\n")}`;
}

const pairs = (burn: keyof typeof burns) =>
  burns[burn]
    .map(({ long, short, factor }) => `${factor} times too fast over ${long} and ${short}`)
    .join("; or ");

const sloRow = ({ name, title, objective, alert }: Slo) => [
  code(name),
  title,
  `${Number((objective * 100).toPrecision(6))} %`,
  runbook(alert),
];

function alertsOf({ title, groups }: Area): string {
  const own = groups.flatMap(({ rules }) => rules.filter(isAlert));
  return `### ${title}\n\n${table(["Alert", "Severity", "After", "Says"], own.map(alertRow))}`;
}

const alertRow = ({ alert, severity, summary, labels, ...rule }: Alert) => [
  runbook(alert) + (labels?.burn ? `, ${labels.burn}` : ""),
  severity,
  rule.for ?? "at once",
  summary.replaceAll(/\{\{ \$(?:labels\.)?(\w+)[^}]*\}\}/g, "‹$1›"),
];

/** One row for each name; those of all SLOs have one meaning. */
function recordingRows(): string[][] {
  const names = [...new Set(recordings.map(({ record }) => record))];
  return names.map((name) => {
    const own = recordings.filter(({ record }) => record === name);
    const [first] = own;
    const help = own.length > 1 ? (first?.help.split(": ").pop() ?? "") : (first?.help ?? "");
    const labels = [...(knownSeries.get(name) ?? [])].map(code).join(", ");
    return [code(name), first?.unit ?? "", labels, capital(help)];
  });
}

const titles: Record<Exporter, string> = {
  registry: "The registry",
  agent: "Agents with the mesh's runtime",
  dashboard: "The page",
  postgres: "Postgres and its backups, by its exporter",
  "kube-state-metrics": "The cluster, by kube-state-metrics",
  kubelet: "The cluster, by the kubelets",
  prometheus: "Prometheus, and what it makes itself",
  alertmanager: "Alertmanager",
};

/** What several of our services export is told once: that of their process, and their versions. */
function sections(): Map<string, Metric[]> {
  const sameName = [...Map.groupBy(metrics, ({ name }) => name).values()];
  const titled = sameName.map((same) => {
    const [shortest] = same.toSorted((one, other) => one.help.length - other.help.length);
    const metric = shortest as Metric;
    return { metric, title: same.length > 1 ? "Each service of ours" : titles[metric.from] };
  });
  const byTitle = Map.groupBy(titled, ({ title }) => title);
  return new Map([...byTitle].map(([title, own]) => [title, own.map(({ metric }) => metric)]));
}

const section = (title: string, own: Metric[]) =>
  `### ${title}\n\n${table(["Metric", "Type", "Unit", "Labels", "Read by", "Meaning"], own.map(metricRow))}`;

function metricRow(metric: Metric): string[] {
  const { name, type, unit, labels, help } = metric;
  const readers = readersOf(metric).join(", ") || "nothing";
  return [code(name), type, unit, labels.map(code).join(", "), readers, help];
}

const runbook = (alert: string) => `[${alert}](runbooks/${alert}.md)`;
const code = (text: string) => `\`${text}\``;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("");
}
