import * as units from "@grafana/grafana-foundation-sdk/units";
import { dashboards } from "#observability/dashboards/index";
import { type Check, eachPanel, eachTarget, sampled } from "#observability/dashboards/lint/model";
import { labelsOf } from "#observability/labels";
import { knownSeries } from "#observability/series";

const known = new Set<string>(Object.values(units));
const uids = Object.values(dashboards).map(({ uid }) => uid);

/** dashboard-linter's panel-datasource-rule, for queries and annotations too. */
export const panelDatasource: Check = (dashboard) => {
  const wrong = "does not ask the data source that is chosen.";
  const chosen = ({ datasource }: { datasource?: { uid?: string } }) =>
    datasource?.uid === "${datasource}";
  return [
    ...eachPanel((panel) => (chosen(panel) ? undefined : wrong))(dashboard),
    ...eachTarget((target) => (chosen(target) ? undefined : wrong))(dashboard),
    ...(dashboard.annotations?.list ?? [])
      .filter((annotation) => !chosen(annotation))
      .map(({ name }) => `Annotation "${name}" ${wrong}`),
  ];
};

/** dashboard-linter's panel-title-description-rule; a description is a sentence. */
export const panelDescription: Check = eachPanel(({ title, description }) => {
  if (!title?.trim()) return "has no title.";
  if (!description?.trim()) return "has no description.";
  return description.endsWith(".") ? undefined : "has a description without a full stop.";
});

/** dashboard-linter's panel-units-rule; the units are those of Grafana's own list. */
export const panelUnit: Check = eachPanel(({ fieldConfig }) => {
  const unit = fieldConfig?.defaults?.unit;
  return unit && known.has(unit) ? undefined : `has no unit that Grafana knows: ${unit}`;
});

/** dashboard-linter's panel-no-targets-rule. */
export const panelQueries: Check = eachPanel(({ targets = [] }) =>
  targets.length > 0 ? undefined : "has no query.",
);

/** Our own: queries of a panel go by their letter, so each has its own. */
export const distinctQueries: Check = eachPanel(({ targets = [] }) => {
  const letters = new Set(targets.map(({ refId }) => refId));
  return letters.size === targets.length && !letters.has(undefined)
    ? undefined
    : "has queries without a letter of their own.";
});

/** Our own: what is hidden is asked all the same, and nobody sees why the panel is slow. */
export const noHiddenQuery: Check = eachTarget(({ hide }) =>
  hide ? "is hidden; remove it." : undefined,
);

/** Our own: a legend names each series, by labels that the result really has. */
export const legend: Check = eachTarget(({ legendFormat = "", expr = "" }) => {
  if (!legendFormat.trim() || legendFormat === "__auto") return "has no legend.";
  const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
  const has = resultLabels(sampled(expr));
  if (!has) return undefined;
  const missing = named.find((label) => !has.has(label));
  if (missing) return `has a legend with ${missing}, which its result does not have.`;
  const left = [...has].find((label) => !named.includes(label));
  return left && `has series that differ in ${left}, which its legend does not tell.`;
});

/** Of a query that has a result at all: the rest is for the rules about queries. */
function resultLabels(expr: string): ReadonlySet<string> | undefined {
  try {
    return labelsOf(expr, knownSeries) ?? new Set();
  } catch {
    return undefined;
  }
}

/** Our own: a panel leads to dashboards of ours alone. */
export const panelLinks: Check = eachPanel(({ links = [] }) => {
  const to = links.map(({ url = "" }) => /^\/d\/([^?/]+)/.exec(url)?.[1] ?? url);
  const lost = to.find((uid) => !uids.includes(uid));
  return lost === undefined ? undefined : `leads to "${lost}", which is no dashboard.`;
});
