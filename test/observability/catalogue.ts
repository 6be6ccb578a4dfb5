import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";

/** An alert as the chart's files have it. */
export interface Alert {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const folder = join(projectRoot, "charts/observability/rules");

/** The paths of the chart's rule files. */
export const ruleFiles = (): string[] => readdirSync(folder).map((name) => join(folder, name));

/** The alerts of the chart, or of one of its files. */
export const alerts = (files: string[] = ruleFiles()): Alert[] =>
  files
    .flatMap((path) => parse(readFileSync(path, "utf8")).groups)
    .flatMap(({ rules }: { rules: Alert[] }) => rules)
    .filter(({ alert }) => alert !== undefined);
