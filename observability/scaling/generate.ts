import { stringify } from "yaml";
import { type Signal, signals } from "#observability/scaling/signals";

const named = Object.entries<Signal>(signals);

/** What charts know of the signals, by path from the root. */
export function scalingFiles(): Record<string, string> {
  return {
    "charts/mesh-lib/templates/_signals.tpl": helmTemplate(),
    "charts/observability/files/custom-metrics.yaml": adapterRules(),
  };
}

/**
 * The rules of prometheus-adapter: a metric of a pod for each signal. What stands in << >> is its own
 * template language.
 */
export function adapterRules(): string {
  const rules = named.map(([, { metric, series, query }]) => ({
    seriesQuery: `${series}{namespace!="",pod!=""}`,
    resources: { overrides: { namespace: { resource: "namespace" }, pod: { resource: "pod" } } },
    name: { matches: "^(.*)$", as: metric },
    metricsQuery: `sum by (<<.GroupBy>>) (${query("<<.LabelMatchers>>")})`,
  }));
  const head =
    "# Made by `npm run generate` from observability/scaling: rules of prometheus-adapter.\n";
  return head + stringify({ rules }, { lineWidth: 0 });
}

/** The same signals for an HPA's metric, and as queries of a whole workload for KEDA. */
function helmTemplate(): string {
  const known = Object.fromEntries(
    named.map(([chart, { metric, means, query }]) => [
      chart,
      { metric, means, query: `sum(${query('namespace="NAMESPACE",service="SERVICE"')})` },
    ]),
  );
  return `{{/* Made by \`npm run generate\` from observability/scaling: what an autoscaler can go by, by chart. */}}
{{- define "mesh-lib.signals" -}}
${stringify(known, { lineWidth: 0 })}{{- end -}}
`;
}
