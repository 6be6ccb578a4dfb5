import assert from "node:assert/strict";
import { grafanaDashboards } from "#observability/dashboards/index";
import { lint, lintRules } from "#observability/dashboards/lint/index";
import type {
  LintedDashboard,
  LintedPanel,
  LintedTarget,
  LintedVariable,
} from "#observability/dashboards/lint/model";

type Break = (dashboard: LintedDashboard) => void;

const fine = (): LintedDashboard => JSON.parse(JSON.stringify(grafanaDashboards().overview));

/** The first panel below the first row. */
const panel = ({ panels = [] }: LintedDashboard): LintedPanel =>
  panels[1] ?? assert.fail("no panel");
const target = (dashboard: LintedDashboard): LintedTarget =>
  panel(dashboard).targets?.[0] ?? assert.fail("no query");
const variable = ({ templating }: LintedDashboard, name: string): LintedVariable =>
  templating?.list?.find((one) => one.name === name) ?? assert.fail(name);
const without =
  (name: string): Break =>
  ({ templating }) => {
    if (templating) templating.list = templating.list?.filter((one) => one.name !== name) ?? [];
  };
const asks =
  (expr: string, legendFormat = "all"): Break =>
  (dashboard) => {
    Object.assign(target(dashboard), { expr, legendFormat });
  };
const HERE = 'namespace="$namespace"';

/** What breaks each rule. */
const broken: Record<string, Break[]> = {
  templateDatasource: [
    without("datasource"),
    (dashboard) => Object.assign(variable(dashboard, "datasource"), { name: "prom" }),
    (dashboard) => Object.assign(variable(dashboard, "datasource"), { label: "Prometheus" }),
    (dashboard) => Object.assign(variable(dashboard, "datasource"), { query: "loki" }),
  ],
  templateNamespace: [without("namespace")],
  templateOwnDatasource: [
    (dashboard) => Object.assign(variable(dashboard, "namespace"), { datasource: { uid: "x" } }),
  ],
  templateQuery: ["namespaces", "label_values(up{, namespace)", "label_names(up)", ""].map(
    (query) => (dashboard) => Object.assign(variable(dashboard, "namespace"), { query }),
  ),
  templateReload: [(dashboard) => Object.assign(variable(dashboard, "namespace"), { refresh: 1 })],
  uneditable: [
    (dashboard) => Object.assign(dashboard, { editable: true }),
    (dashboard) => Object.assign(dashboard, { editable: undefined }),
  ],
  stableUid: ["", "overview", `mcp-mesh-${"a".repeat(40)}`].map(
    (uid) => (dashboard) => Object.assign(dashboard, { uid }),
  ),
  distinctPanels: [
    (dashboard) => Object.assign(panel(dashboard), { title: dashboard.panels?.[2]?.title }),
    (dashboard) => Object.assign(panel(dashboard), { id: dashboard.panels?.[2]?.id }),
  ],
  tidyGrid: [
    (dashboard) => Object.assign(panel(dashboard), { gridPos: dashboard.panels?.[2]?.gridPos }),
    (dashboard) => Object.assign(panel(dashboard), { gridPos: { x: 20, y: 90, w: 5, h: 1 } }),
    (dashboard) => Object.assign(panel(dashboard), { gridPos: undefined }),
  ],
  linksToOthers: [
    (dashboard) => Object.assign(dashboard, { links: [] }),
    (dashboard) => Object.assign(dashboard, { tags: ["other"] }),
  ],
  panelDatasource: [
    (dashboard) => Object.assign(panel(dashboard), { datasource: { uid: "prometheus" } }),
    (dashboard) => Object.assign(target(dashboard), { datasource: undefined }),
    (dashboard) => {
      const [annotation] = dashboard.annotations?.list ?? [];
      Object.assign(annotation ?? {}, { datasource: { uid: "-- Grafana --" } });
    },
  ],
  panelDescription: ["", undefined, "No full stop"].map(
    (description) => (dashboard) => Object.assign(panel(dashboard), { description }),
  ),
  panelUnit: ["", undefined, "furlongs"].map(
    (unit) => (dashboard) =>
      Object.assign(panel(dashboard), { fieldConfig: { defaults: { unit } } }),
  ),
  panelQueries: [(dashboard) => Object.assign(panel(dashboard), { targets: [] })],
  distinctQueries: [
    (dashboard) => panel(dashboard).targets?.push(target(dashboard)),
    (dashboard) => Object.assign(target(dashboard), { refId: undefined }),
  ],
  noHiddenQuery: [(dashboard) => Object.assign(target(dashboard), { hide: true })],
  legend: [
    asks(`sum(up{${HERE}})`, ""),
    asks(`sum(up{${HERE}})`, "__auto"),
    asks(`sum(up{${HERE}})`, "{{service}}"),
    asks(`sum by (service, pod) (up{${HERE}})`, "{{service}}"),
  ],
  panelLinks: [
    (dashboard) => Object.assign(panel(dashboard), { links: [{ url: "/d/mcp-mesh-lost?a" }] }),
  ],
  parses: [asks(""), asks(`sum(up{${HERE}}`), asks(`sum(up{${HERE}}) by`), asks("$unknown + 1")],
  rateInterval: [
    asks(`sum(rate(mcp_mesh_heartbeats_total{${HERE}}[5m]))`),
    asks(`sum(irate(mcp_mesh_heartbeats_total{${HERE}}[5m]))`),
    asks(`up{${HERE}}[$__rate_interval]`),
  ],
  counterRate: [
    asks(`sum(mcp_mesh_heartbeats_total{${HERE}})`),
    asks(`sum(pg_stat_database_xact_commit{${HERE}})`),
    asks(`sum(max_over_time(mcp_mesh_heartbeats_total{${HERE}}[5m]))`),
    asks(`sum(mcp_mesh_request_duration_seconds_count{${HERE}})`),
  ],
  inNamespace: [
    asks("sum(up)"),
    asks('sum(up{namespace="mesh"})'),
    asks(`sum(up{${HERE}}) / sum(up)`),
  ],
  knownMetrics: [
    asks(`sum(nobody_exports_this{${HERE}})`),
    asks(`sum(up{${HERE}, code="200"})`),
    asks(`sum by (code) (up{${HERE}})`, "{{code}}"),
  ],
  noInventedZero: [asks(`sum(up{${HERE}}) or vector(0)`)],
};

describe("the linter of dashboards", () => {
  it("has a broken dashboard for each rule", () => {
    assert.deepEqual(Object.keys(broken).toSorted(), Object.keys(lintRules).toSorted());
  });

  it("finds nothing in one that is fine", () => {
    assert.deepEqual(lint(fine()), []);
  });

  for (const [rule, breaks] of Object.entries(broken)) {
    it(`finds what breaks ${rule}, in a sentence`, () => {
      for (const [index, breaking] of breaks.entries()) {
        const dashboard = fine();
        breaking(dashboard);
        const found = lintRules[rule]?.(dashboard) ?? [];
        assert.ok(found.length > 0, `case ${index}`);
        for (const finding of found) assert.match(finding, /^[A-Z].+/);
      }
    });
  }
});
