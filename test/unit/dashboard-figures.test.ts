import assert from "node:assert/strict";
import { faultsOf } from "#observability/labels";
import { knownSeries } from "#observability/series";
import { charts, filled, statusQueries } from "#services/dashboard/src/queries";
import { alertsOf } from "#services/dashboard/src/status";

describe("the dashboard's questions to Prometheus", () => {
  const all = [
    ...Object.entries(statusQueries),
    ...charts.flatMap(({ id, lines }) => lines.map(({ expr }) => [id, expr] as const)),
  ].map(([what, expr]) => [what, filled(expr, { namespace: "mesh" })] as const);

  it("ask only for what is exported, by labels that it has, and for one namespace", () => {
    for (const [what, expr] of all) {
      assert.deepEqual(faultsOf(expr, knownSeries), [], what);
      assert.doesNotMatch(expr, /NAMESPACE|WINDOW|RANK/, what);
      const selectors = expr.match(/\{[^}]*\}/g) ?? [];
      assert.ok(selectors.length > 0, what);
      for (const one of selectors) assert.match(one, /namespace="mesh"/, what);
    }
  });

  it("have names of their own, and lines that a page can tell apart", () => {
    assert.equal(new Set(charts.map(({ id }) => id)).size, charts.length);
    for (const { id, lines } of charts) {
      assert.match(id, /^[a-z-]+$/);
      const names = lines.map((line) => ("by" in line ? line.by : line.name));
      assert.equal(new Set(names).size, lines.length, id);
    }
  });
});

describe("the dashboard's alerts", () => {
  const alert = (alertname: string, labels: Record<string, string>, annotations = {}) => ({
    labels: { alertname, ...labels },
    annotations,
    state: "firing",
    activeAt: new Date(0),
  });
  const books = new Set(["RegistryDown"]);
  const shown = (...active: ReturnType<typeof alert>[]) => alertsOf(active, "mesh", books);

  it("are those of its namespace and of what is gone altogether, the worst first", () => {
    const found = shown(
      alert("Slow", { namespace: "mesh", severity: "warning" }),
      alert("RegistryDown", { severity: "critical" }),
      alert("Elsewhere", { namespace: "other", severity: "critical" }),
      alert("NodeDown", { severity: "critical" }),
      { ...alert("Down", { namespace: "mesh", severity: "critical" }), state: "pending" },
      alert("Watchdog", { namespace: "mesh", severity: "none" }),
    );
    assert.deepEqual(
      found.map(({ name }) => name),
      ["RegistryDown", "Slow", "Down"],
    );
  });

  it("lead to a runbook that is there, and to no address but of the web", () => {
    const [one, two] = shown(
      alert(
        "A",
        { namespace: "mesh" },
        {
          runbook_url: "https://mesh.example.com/runbooks/RegistryDown#x",
          dashboard_url: "https://grafana.example.com/d/registry",
        },
      ),
      alert(
        "B",
        { namespace: "mesh" },
        {
          runbook_url: "https://mesh.example.com/runbooks/Nothing",
          dashboard_url: "javascript:alert(1)",
        },
      ),
    );
    assert.equal(one?.runbook, "runbooks/RegistryDown");
    assert.equal(one?.dashboard, "https://grafana.example.com/d/registry");
    assert.deepEqual([two?.runbook, two?.dashboard], [undefined, undefined]);
  });

  it("are cut where somebody writes endless ones", () => {
    const text = "x".repeat(5_000);
    const many = Array.from({ length: 500 }, (_, index) =>
      alert(`A${index}`, { namespace: "mesh" }, { summary: text }),
    );
    const found = shown(...many);
    assert.equal(found.length, 200);
    assert.equal(found[0]?.summary.length, 1_000);
  });
});
