import assert from "node:assert/strict";
import { type ChartName, charts } from "#config/charts/index";
import { monitoring, type Switch, switches } from "#test/charts/support/switches";
import { ofKind, type Rendered } from "#test/support/charts";
import { violationsOf } from "#test/support/policies";
import { renderMany } from "#test/support/render-many";
import { problemsOf } from "#test/support/valid-objects";

type Chart = "registry" | "agent" | "dashboard";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
function merged(a: object, b: object): object {
  const both = Object.entries(b).map(([key, value]) => {
    const other = (a as Record<string, unknown>)[key];
    return [key, isMap(value) && isMap(other) ? merged(other, value) : value];
  });
  return { ...a, ...Object.fromEntries(both) };
}

/**
 * In which of ten renderings each switch is on: always in the first, and in four of the others, no two
 * alike. Of any two switches, there is then a rendering with both, with either alone, and with none.
 */
const ROWS = 10;
const codes = Array.from({ length: 2 ** (ROWS - 1) }, (_, bits) => 2 * bits + 1)
  .map(
    (code) =>
      new Set(Array.from({ length: ROWS }, (_, row) => row).filter((row) => (code >> row) & 1)),
  )
  .filter((rows) => rows.size === ROWS / 2);

const all: Record<Chart, Record<string, Switch>> = {
  registry: { ...switches, ...monitoring },
  dashboard: { ...switches, ...monitoring },
  agent: switches,
};
/** The umbrella gives agents their names, and all of them the same that is global. */
const alone = (chart: Chart, name: string) =>
  chart !== "agent" || !(name.startsWith("global.") || name === "fullnameOverride");

for (const [chart, table] of Object.entries(all) as [Chart, Record<string, Switch>][]) {
  const named = Object.entries(table).filter(([name]) => alone(chart, name));

  describe(`the switches of ${chart}`, function () {
    this.timeout(120_000);
    let off: Rendered[] = [];
    let on: Rendered[][] = [];
    before(async () => {
      const { of } = await renderMany(chart, [{}, ...named.map(([, { values }]) => values)]);
      [off = [], ...on] = of;
    });

    for (const [index, [name, { shows }]] of named.entries()) {
      it(`do nothing without ${name}, and what it says with it`, () => {
        assert.equal(shows(off), false);
        assert.equal(shows(on[index] ?? []), true);
      });
    }

    it("give valid objects that keep the policy, in every pair on and off", async () => {
      const rows = Array.from({ length: ROWS }, (_, row) =>
        named.filter((_each, index) => codes[index]?.has(row)).map(([, { values }]) => values),
      );
      assert.ok(named.length <= codes.length);
      const { objects, of } = await renderMany(
        chart,
        rows.map((row) => row.reduce((sum, values) => merged(sum, values), {})),
      );
      assert.ok(of.every((each) => each.length >= 3));
      assert.deepEqual(objects.flatMap(problemsOf), []);
      assert.deepEqual(objects.flatMap(violationsOf), []);
    });
  });
}

describe("the features of the umbrella", function () {
  this.timeout(180_000);
  const features = ["foundation", "postgres", "registry", "dashboard", "observability"] as const;
  const kinds = {
    foundation: "ResourceQuota",
    postgres: "StatefulSet",
    registry: "Deployment",
    dashboard: "Deployment",
    observability: "StatefulSet",
  };
  const componentOf = (part: (typeof features)[number]) =>
    part === "observability" ? "prometheus" : part;
  // Those with an even number of parts: every three of them are in all of their combinations.
  const combinations = Array.from({ length: 2 ** features.length }, (_, bits) =>
    features.filter((_part, at) => (bits >> at) & 1),
  )
    .filter((parts) => parts.length % 2 === 0)
    .map((parts) => Object.fromEntries(features.map((part) => [part, parts.includes(part)])));

  it("are what is there, in combinations of every three, valid and within the policy", async () => {
    const values = combinations.map((features) => ({
      features,
      global: { monitoring: "annotations" },
      agents: { debug: { network: { ingress: ["release-check"] } } },
    }));
    const { of, objects } = await renderMany("mcp-mesh", values);
    for (const [index, combination] of combinations.entries()) {
      for (const part of features) {
        const found = ofKind(of[index] ?? [], kinds[part]).some(
          ({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === componentOf(part),
        );
        assert.equal(found, combination[part], `${part} of ${JSON.stringify(combination)}`);
      }
    }
    assert.deepEqual(objects.flatMap(problemsOf), []);
    assert.deepEqual(objects.flatMap(violationsOf), []);
  });

  it("are those of the charts that are not for each agent", () => {
    const parts = (Object.keys(charts) as ChartName[]).filter(
      (name) => !["mcp-mesh", "agent", "release-check"].includes(name),
    );
    assert.deepEqual(parts.toSorted(), [...features].toSorted());
  });
});
