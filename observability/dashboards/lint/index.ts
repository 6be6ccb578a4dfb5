import * as ofDashboards from "#observability/dashboards/lint/dashboard-rules";
import type { Check, LintedDashboard } from "#observability/dashboards/lint/model";
import * as ofPanels from "#observability/dashboards/lint/panel-rules";
import * as ofQueries from "#observability/dashboards/lint/query-rules";

/** The rules by their names; each says in its docstring where it comes from. */
export const lintRules: Record<string, Check> = { ...ofDashboards, ...ofPanels, ...ofQueries };

/**
 * What is wrong with a dashboard, as `rule: sentence`. The rules are those of Grafana's
 * dashboard-linter with `--strict`, which can only be built from its sources, and some of our own.
 */
export const lint = (dashboard: LintedDashboard): string[] =>
  Object.entries(lintRules).flatMap(([rule, check]) =>
    check(dashboard).map((finding) => `${rule}: ${finding}`),
  );
