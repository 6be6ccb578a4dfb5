import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";

export interface Alert {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface Panel {
  title: string;
  description: string;
  fieldConfig: { defaults: { unit: string } };
  targets: { expr: string }[];
}

export interface Dashboard {
  uid: string;
  panels: Panel[];
}

const chart = join(projectRoot, "charts/observability");
const files = (folder: string) =>
  readdirSync(join(chart, folder)).map((name) => join(chart, folder, name));

/** The paths of the chart's rule files. */
export const ruleFiles = (): string[] => files("rules");

export const alerts = (): Alert[] =>
  ruleFiles()
    .flatMap((path) => parse(readFileSync(path, "utf8")).groups)
    .flatMap(({ rules }: { rules: Alert[] }) => rules);

export const dashboards = (): Dashboard[] =>
  files("dashboards").map((path) => JSON.parse(readFileSync(path, "utf8")));

/** Every query of the dashboards, with Grafana's variables filled in. */
export const panelQueries = (namespace: string): { title: string; expr: string }[] =>
  dashboards().flatMap(({ panels }) =>
    panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({
        title,
        expr: expr.replaceAll("$namespace", namespace).replaceAll("$__rate_interval", "1m"),
      })),
    ),
  );

const WORDS = new Set(["and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring"]);

/** The names of the metrics in a PromQL expression. */
export function metricsOf(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, "")
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "");
  const names = bare.match(/\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g) ?? [];
  return [...new Set(names.filter((name) => !WORDS.has(name)))];
}
