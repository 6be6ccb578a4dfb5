import type { SyntaxNode } from "@lezer/common";
import { filled } from "#observability/dashboards/queries";
import { type Parsed, parsePromql } from "#observability/promql";

/** What the linter reads of a dashboard's JSON; anything may be missing in a file. */
export interface LintedDashboard {
  uid?: string;
  title?: string;
  editable?: boolean;
  tags?: string[];
  panels?: LintedPanel[];
  templating?: { list?: LintedVariable[] };
  annotations?: { list?: LintedTarget[] };
  links?: { type?: string; tags?: string[] }[];
}

export interface LintedPanel {
  id?: number;
  type?: string;
  title?: string;
  description?: string;
  datasource?: { uid?: string };
  gridPos?: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults?: { unit?: string } };
  links?: { url?: string }[];
  targets?: LintedTarget[];
}

export interface LintedTarget {
  /** Of an annotation. */
  name?: string;
  refId?: string;
  expr?: string;
  legendFormat?: string;
  hide?: boolean;
  datasource?: { uid?: string };
}

export interface LintedVariable {
  name?: string;
  label?: string;
  type?: string;
  query?: string | { query?: string };
  refresh?: number;
  datasource?: { uid?: string };
}

/** Judges a dashboard: a sentence for each place that breaks the rule. */
export type Check = (dashboard: LintedDashboard) => string[];

/** The panels that show something; rows only stand above others. */
export const panelsOf = ({ panels = [] }: LintedDashboard): LintedPanel[] =>
  panels.filter(({ type }) => type !== "row");

/** A rule that looks at one panel at a time. */
export const eachPanel =
  (check: (panel: LintedPanel) => string | undefined): Check =>
  (dashboard) =>
    panelsOf(dashboard).flatMap((panel) => {
      const wrong = check(panel);
      return wrong ? [`Panel "${panel.title}" ${wrong}`] : [];
    });

/** A rule that looks at one query at a time. */
export const eachTarget =
  (check: (target: LintedTarget) => string | undefined): Check =>
  (dashboard) =>
    panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
      targets.flatMap((target) => {
        const wrong = check(target);
        return wrong ? [`Panel "${title}", query ${target.refId} ${wrong}`] : [];
      }),
    );

/** A duration that nobody writes, so that it is known again in the parsed query. */
export const RATE_INTERVAL = "86399s";

const sample = { namespace: "mesh", service: "a|b", rateInterval: RATE_INTERVAL };

/** The query with values for Grafana's variables, as a text that Prometheus could be asked. */
export const sampled = (expr = ""): string => filled(expr, sample);

/** The parsed query, or nothing where it does not parse: that is a rule of its own. */
export function parsed(expr: string | undefined): Parsed | undefined {
  try {
    return parsePromql(sampled(expr));
  } catch {
    return undefined;
  }
}

/** A query's nodes of a kind, such as "MatrixSelector". */
export function nodesOf({ root }: Parsed, kind: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root.cursor().iterate(({ node }) => {
    if (node.name === kind) found.push(node);
  });
  return found;
}

/** The function that a range such as `x[5m]` is handed to. */
export function functionAround({ text }: Parsed, range: SyntaxNode): string | undefined {
  const call = range.parent?.parent;
  const name = call?.name === "FunctionCall" ? call.getChild("FunctionIdentifier") : undefined;
  return name ? text(name) : undefined;
}
