import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import * as agent from "#packages/mcp-mesh/src/metrics";
import { createMetrics } from "#services/registry/src/metrics";
import { alerts, dashboards, metricsOf, panelQueries } from "#test/observability/catalogue";

const runbooks = join(projectRoot, "docs/runbooks");

/** Names in the text that a scrape gets, with those that a histogram makes of its own. */
function exported(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
    type === "histogram" ? ["_bucket", "_count", "_sum"].map((part) => name + part) : [name],
  );
}

describe("What is watched", () => {
  it("has for each alert a severity, what a sleepy person reads, and a runbook", () => {
    const names = alerts().map(({ alert }) => alert);
    assert.equal(new Set(names).size, names.length);
    for (const { alert, labels, annotations } of alerts()) {
      assert.match(labels.severity ?? "", /^(critical|warning|none)$/, alert);
      assert.ok(annotations.summary && annotations.description, alert);
      assert.equal(annotations.runbook, `docs/runbooks/${alert}.md`);
    }
  });

  it("has a runbook for each alert and for nothing else, and each says what to do", () => {
    const pages = readdirSync(runbooks).filter((page) =>
      readFileSync(join(runbooks, page), "utf8").includes("\n## Mitigation\n"),
    );
    const names = alerts().map(({ alert }) => `${alert}.md`);
    assert.deepEqual(pages.toSorted(), names.toSorted());
    for (const page of pages) {
      const text = readFileSync(join(runbooks, page), "utf8");
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, [
        page.replace(".md", ""),
        "Meaning",
        "Impact",
        "Diagnosis",
        "Mitigation",
      ]);
      for (const [, other = ""] of text.matchAll(/\]\((\w+\.md)\)/g)) {
        assert.ok(pages.includes(other), `${page} leads to ${other}`);
      }
    }
  });

  it("has only panels with a title, a description, a unit and a query", () => {
    for (const { uid, panels } of dashboards()) {
      assert.ok(panels.length > 0, uid);
      for (const { title, description, fieldConfig, targets } of panels) {
        assert.ok(title && description.endsWith("."), title);
        assert.ok(fieldConfig.defaults.unit, title);
        assert.ok(targets.length > 0, title);
      }
    }
  });

  it("asks for no metric that nobody exports", async () => {
    const registry = createMetrics({
      count: async () => ({
        agents: { healthy: 0, unhealthy: 0 },
        dependencies: { resolved: 0, unresolved: 0 },
      }),
      connections: () => ({ idle: 0, busy: 0, waiting: 0 }),
    });
    agent.collectProcessMetrics();
    const known = new Set([
      // Prometheus' own; what else it and Alertmanager export is asked of them on a cluster.
      ...["up", "ALERTS"],
      ...exported(await registry.render()),
      ...exported(await agent.metrics.metrics()),
    ]);
    const queries = [
      ...alerts().map(({ alert, expr }) => ({ title: alert, expr })),
      ...panelQueries("x"),
    ];
    for (const { title, expr } of queries) {
      for (const name of metricsOf(expr)) {
        if (/^(prometheus|alertmanager)_/.test(name)) continue;
        assert.ok(known.has(name), `${title} asks for ${name}`);
      }
    }
  });

  it("reads metrics' names out of queries", () => {
    assert.deepEqual(
      metricsOf(
        'sum by (a) (rate(one_total{b="two"}[5m])) / on (c) group_left (d) three or vector(0)',
      ),
      ["one_total", "three"],
    );
  });
});
