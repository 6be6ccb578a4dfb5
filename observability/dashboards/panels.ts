import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as statetimeline from "@grafana/grafana-foundation-sdk/statetimeline";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import { type Absence, absences } from "#observability/dashboards/absences";
import { datasource } from "#observability/dashboards/variables";

export interface Query {
  expr: string;
  legend: string;
}

/** A panel as a dashboard's file says it. */
export interface PanelSpec {
  /** A line over time, the last value in large figures, or a band that says yes or no over time. */
  kind: "graph" | "stat" | "states";
  title: string;
  /** For somebody who has not seen the panel before; ends in a full stop. */
  description: string;
  unit: string;
  queries: readonly Query[];
  absentWhen?: Absence;
  /** From which value on it is yellow or red; `below` turns that round. */
  thresholds?: { warning?: number; critical?: number; below?: boolean };
  /** Of 24 columns; a graph has 12, a figure 4. */
  width?: number;
  stacked?: boolean;
  max?: number;
  /** The dashboard with more about it. */
  opens?: string;
}

const sizes = {
  graph: { width: 12, height: 8 },
  states: { width: 12, height: 8 },
  stat: { width: 4, height: 4 },
} as const;

/** What all kinds are given alike. */
type Builder = timeseries.PanelBuilder | stat.PanelBuilder | statetimeline.PanelBuilder;

/** The panel as Grafana wants it. */
export function buildPanel(spec: PanelSpec, id: number): Panel {
  const builder = builders[spec.kind](spec);
  const { width, height } = sizes[spec.kind];
  builder
    .id(id)
    .title(spec.title)
    .description(describe(spec))
    .datasource(datasource)
    .unit(spec.unit)
    .span(spec.width ?? width)
    .height(height)
    .thresholds(thresholdsOf(spec));
  if (spec.max !== undefined) builder.max(spec.max);
  if (spec.opens) builder.links([linkTo(spec.opens)]);
  for (const [index, { expr, legend }] of spec.queries.entries()) {
    const query = new DataqueryBuilder().refId(String.fromCharCode(65 + index)).expr(expr);
    query.legendFormat(legend).datasource(datasource);
    builder.withTarget(spec.kind === "stat" ? query.instant() : query.range());
  }
  return builder.build();
}

const describe = ({ description, absentWhen }: PanelSpec) =>
  absentWhen ? `${description} ${absences[absentWhen]}` : description;

const builders: Record<PanelSpec["kind"], (spec: PanelSpec) => Builder> = {
  graph: ({ stacked, thresholds }) => {
    const panel = new timeseries.PanelBuilder()
      .axisSoftMin(0)
      .lineWidth(1)
      .fillOpacity(stacked ? 30 : 8)
      .gradientMode(GraphGradientMode.Opacity)
      .showPoints(VisibilityMode.Never)
      .legend(
        new common.VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.Table)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .calcs(["lastNotNull", "max"]),
      )
      .tooltip(
        new common.VizTooltipOptionsBuilder()
          .mode(TooltipDisplayMode.Multi)
          .sort(SortOrder.Descending),
      );
    if (stacked) panel.stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal));
    if (thresholds) {
      const style = common.GraphThresholdsStyleMode.Dashed;
      panel.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(style));
    }
    return panel;
  },
  stat: () =>
    new stat.PanelBuilder()
      .noValue("none")
      .graphMode(common.BigValueGraphMode.None)
      .colorMode(common.BigValueColorMode.Value)
      .textMode(common.BigValueTextMode.Auto)
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false)),
  states: () =>
    new statetimeline.PanelBuilder()
      .mergeValues(true)
      .showValue(VisibilityMode.Never)
      .legend(
        new common.VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .calcs([]),
      )
      .mappings([
        {
          type: MappingType.ValueToText,
          options: { "0": { text: "no", color: "red" }, "1": { text: "yes", color: "green" } },
        },
      ]),
};

/** Grafana wants the steps upwards: what is worst stands last, or first where less is worse. */
function thresholdsOf({ thresholds = {} }: PanelSpec) {
  const { warning, critical, below } = thresholds;
  const marks = [
    { color: "yellow", value: warning },
    { color: "red", value: critical },
  ].filter((mark): mark is { color: string; value: number } => mark.value !== undefined);
  const colors = ["green", ...marks.map(({ color }) => color)];
  const values = marks.map(({ value }) => value);
  if (below) {
    colors.reverse();
    values.reverse();
  }
  const steps = colors.map((color, index) => ({ color, value: values[index - 1] ?? null }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

function linkTo(uid: string) {
  return new DashboardLinkBuilder("More about it")
    .type(DashboardLinkType.Link)
    .url(`/d/${uid}?\${__url_time_range}&\${namespace:queryparam}&\${datasource:queryparam}`);
}
