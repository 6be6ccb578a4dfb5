import { stringify } from "yaml";
import { restricted } from "#observability/promql";
import { type Area, isAlert, oneLine, placeholders, type Rule } from "#observability/rules/model";

/** Whose the alerts are, unless the chart's values name another team. */
const TEAM = "mesh";

const HEAD =
  "# Made by `npm run generate` from observability/rules; the chart fills in __WORDS__.\n";

/** The rule file of an area, as Prometheus and promtool read it. */
export function ruleFile(area: Area): string {
  // Prometheus watches over itself whole; the rest is about one stack of perhaps several.
  const one = area.name === "monitoring" ? (rule: Rule) => rule : inNamespace;
  const groups = area.groups.map(({ rules, ...group }) => ({
    ...group,
    rules: rules.map((rule) => written(one(rule))),
  }));
  return HEAD + stringify({ groups }, { lineWidth: 100, aliasDuplicateObjects: false });
}

/** Where several stacks share a Prometheus, each one's rules are about its own namespace. */
const inNamespace = (rule: Rule): Rule => ({
  ...rule,
  expr: restricted(rule.expr, `namespace="${placeholders.namespace}"`),
});

function written(rule: Rule): object {
  const expr = oneLine(rule.expr);
  if (!isAlert(rule)) return { record: rule.record, expr, labels: rule.labels };
  const { alert, severity, labels, summary, description, dashboard } = rule;
  return {
    alert,
    expr,
    for: rule.for,
    keep_firing_for: rule.keepFiringFor,
    labels: { severity, team: TEAM, ...labels },
    annotations: {
      summary,
      description,
      runbook_url: `${placeholders.runbooks}/${alert}`,
      dashboard_url: `${placeholders.dashboards}/mcp-mesh-${dashboard}`,
    },
  };
}
