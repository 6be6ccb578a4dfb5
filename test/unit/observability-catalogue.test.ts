import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { metrics } from "#observability/catalogue/index";
import { dashboards } from "#observability/dashboards/index";
import { faultsOf, labelsOf } from "#observability/labels";
import { selectorsOf } from "#observability/promql";
import { queries, readersOf } from "#observability/readers";
import { alerts, recordings } from "#observability/rules/index";
import { knownSeries } from "#observability/series";

const OURS = ["registry", "agent", "dashboard"];
const uids = Object.values(dashboards).map(({ uid }) => uid);

describe("What is watched", () => {
  it("asks for no series that nobody exports, and for no label that a series hasn't", () => {
    const faults = queries.flatMap(({ by, what, expr }) =>
      faultsOf(expr, knownSeries).map((fault) => `${by}, ${what}: ${fault}`),
    );
    assert.deepEqual(faults, []);
    const askers = new Set(queries.map(({ by }) => by));
    assert.deepEqual([...askers].toSorted(), ["alerts", "dashboards", "page", "rules"]);
  });

  it("asks for no whole number of a histogram's buckets, which Prometheus 3 writes as 1.0", () => {
    for (const { what, expr } of queries) {
      for (const { matchers } of selectorsOf(expr)) {
        for (const { label, value } of matchers) {
          if (label === "le") assert.match(value, /^\d*\.\d*[1-9]$/, what);
        }
      }
    }
  });

  it("has for each alert a severity, what a sleepy person reads, and a dashboard", () => {
    for (const { alert, severity, summary, description, dashboard } of alerts) {
      assert.match(severity, /^(critical|warning|none)$/, alert);
      const words = summary.replaceAll(/\{\{[^}]*\}\}/g, "name");
      assert.ok(words.length >= 10 && words.length <= 80, `${alert}: ${words}`);
      assert.ok(!summary.endsWith("."), alert);
      assert.match(description, /^[A-Z{].*\.$/, alert);
      assert.ok(uids.includes(`mcp-mesh-${dashboard}`), alert);
    }
  });

  it("says in an alert's text only what the alert knows", () => {
    for (const { alert, expr, labels = {}, summary, description } of alerts) {
      const known = [...(labelsOf(expr, knownSeries) ?? []), ...Object.keys(labels)];
      for (const [, label = ""] of `${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)) {
        assert.ok(known.includes(label), `${alert} has no label ${label}`);
      }
    }
  });

  it("has one alert of each name, but for a fast and a slow burn", () => {
    const names = alerts.map(({ alert, labels }) => `${alert} ${labels?.burn ?? ""}`);
    assert.equal(new Set(names).size, names.length);
  });

  it("takes from other exporters only what somebody reads", () => {
    const unread = metrics.filter((metric) => readersOf(metric).length === 0);
    const others = unread.filter(({ from }) => !OURS.includes(from));
    assert.deepEqual(
      others.map(({ name }) => name),
      [],
    );
    const page = readFileSync(join(projectRoot, "docs/metrics.md"), "utf8");
    for (const { name } of unread) {
      assert.match(page, new RegExp(`^\\| \`${name}\` .*\\| nothing \\|`, "m"));
    }
  });

  it("records nothing that nobody reads", () => {
    const read = new Set(queries.flatMap(({ expr }) => selectorsOf(expr)).map((one) => one.metric));
    for (const { record } of recordings) assert.ok(read.has(record), record);
  });

  it("has a help and a unit for all that is measured", () => {
    for (const { name, help, unit } of metrics) assert.ok(help.endsWith(".") && unit, name);
  });
});

describe("The runbooks", () => {
  const folder = join(projectRoot, "docs/runbooks");
  const pages = readdirSync(folder).map((file) => ({
    name: file.replace(".md", ""),
    text: readFileSync(join(folder, file), "utf8"),
  }));
  const ofAlerts = pages.filter(({ text }) => text.includes("\n## Mitigation\n"));

  it("are there for each alert and for nothing else, and each says what to do", () => {
    const names = new Set(alerts.map(({ alert }) => alert));
    assert.deepEqual(ofAlerts.map(({ name }) => name).toSorted(), [...names].toSorted());
    for (const { name, text } of ofAlerts) {
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, [name, "Meaning", "Impact", "Diagnosis", "Mitigation"]);
      assert.match(text, /```console\n(.+\n)+```/, name);
      assert.match(text.split("## Mitigation")[1] ?? "", /^1\. /m, name);
    }
  });

  it("lead to other runbooks that exist", () => {
    for (const { name, text } of pages) {
      for (const [, other = ""] of text.matchAll(/\]\((\w+)\.md\)/g)) {
        assert.ok(
          pages.some((page) => page.name === other),
          `${name} leads to ${other}`,
        );
      }
    }
  });

  it("name only keys that a stack has", () => {
    const reference = readFileSync(join(projectRoot, "config/README.md"), "utf8");
    const key = /`((?:postgres|registry|dashboard|monitoring|guardrails)\.[\w.]+)`/g;
    for (const { name, text } of ofAlerts) {
      for (const [, path = ""] of text.matchAll(key)) {
        assert.ok(reference.includes(`\n| \`${path}\` `), `${name} names ${path}`);
      }
    }
  });

  it("ask for series that are there", () => {
    for (const { name, text } of ofAlerts) {
      for (const [, query = ""] of text.matchAll(/'query=([^']+)'/g)) {
        const faults = faultsOf(query, knownSeries).filter(
          (fault) => !fault.startsWith("Nobody exports prometheus_"),
        );
        assert.deepEqual(faults, [], name);
      }
    }
  });
});
