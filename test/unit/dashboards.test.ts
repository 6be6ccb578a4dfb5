import assert from "node:assert/strict";
import { absences } from "#observability/dashboards/absences";
import { dashboardFiles, dashboards, grafanaDashboards } from "#observability/dashboards/index";
import { lint, lintRules } from "#observability/dashboards/lint/index";
import { annotationQueries, panelQueries } from "#observability/dashboards/queries";
import { faultsOf } from "#observability/labels";
import { knownSeries } from "#observability/series";
import { schemaProblems } from "#test/support/grafana-schema";

const files = dashboardFiles();
const queries = panelQueries({ namespace: "mesh" });

/** What a ConfigMap may hold, in bytes; Helm's release and its annotations take some of it. */
const CONFIG_MAP_LIMIT = 1024 * 1024;

describe("the dashboards", () => {
  it("are those that alerts, bookmarks and the page link to", () => {
    assert.deepEqual(
      Object.values(dashboards).map(({ uid }) => uid),
      [
        "mcp-mesh-overview",
        "mcp-mesh-registry",
        "mcp-mesh-agents",
        "mcp-mesh-postgres",
        "mcp-mesh-capacity",
      ],
    );
  });

  it("keep to every rule of the linter", () => {
    for (const [path, text] of Object.entries(files)) {
      assert.deepEqual(lint(JSON.parse(text)), [], path);
    }
    assert.ok(Object.keys(lintRules).length >= 20);
  });

  it("have Grafana's own schema", () => {
    assert.deepEqual(schemaProblems(files), []);
  }).timeout(60_000);

  it("would be found with a field, a value or a type that the schema does not know", () => {
    const [text = ""] = Object.values(files);
    const breaks = [
      ['"refresh":', '"refresch":', /refresch.*does not exist/],
      ['"graphMode": "none"', '"graphMode": "nothing"', /"nothing".*BigValueGraphMode/],
      ['"unit": "none"', '"unit": 1', /number.*string/],
      ['"showPoints": "never"', '"showPoint": "never"', /showPoint/],
      ['"expr":', '"exp":', /exp/],
    ] as const;
    const broken = breaks.map(([from, to]) => [to, text.replace(from, to)]);
    const problems = schemaProblems(Object.fromEntries(broken));
    for (const [, to, problem] of breaks) {
      const found = problems.filter((line) => line.startsWith(`/* ${to} */`));
      assert.match(found.join("\n"), problem);
    }
  }).timeout(60_000);

  it("leave no variable of Grafana's in the queries that are proven live", () => {
    assert.ok(queries.length >= 80);
    for (const expr of [
      ...queries.map((one) => one.expr),
      ...annotationQueries({ namespace: "mesh" }),
    ]) {
      assert.doesNotMatch(expr, /\$/);
      assert.deepEqual(faultsOf(expr, knownSeries), []);
    }
  });

  it("fill in what is chosen above them", () => {
    const chosen = { namespace: "elsewhere", service: "a|b", rateInterval: "5m" };
    const requests = panelQueries(chosen).find(
      ({ dashboard, panel }) => dashboard === "mcp-mesh-agents" && panel === "Requests",
    );
    assert.equal(
      requests?.expr,
      'sum by (service) (rate(mcp_mesh_request_duration_seconds_count{namespace="elsewhere", service=~"a|b"}[5m]))',
    );
  });

  it("say in a panel's description when it may be empty", () => {
    const panels = Object.values(grafanaDashboards()).flatMap(
      (dashboard) => dashboard.panels ?? [],
    );
    const specs = Object.values(dashboards).flatMap(({ rows }) =>
      rows.flatMap((row) => row.panels),
    );
    for (const { title, absentWhen } of specs.filter((spec) => spec.absentWhen)) {
      const sentence = absences[absentWhen ?? "no-alerts"];
      const found = panels.filter((panel) => panel.title === title && "fieldConfig" in panel);
      assert.ok(
        found.some((panel) => "description" in panel && panel.description?.endsWith(sentence)),
        title,
      );
    }
  });

  it("fit into a ConfigMap each, with room", () => {
    for (const [path, text] of Object.entries(files)) {
      assert.ok(Buffer.byteLength(text) < CONFIG_MAP_LIMIT / 4, path);
    }
  });
});
