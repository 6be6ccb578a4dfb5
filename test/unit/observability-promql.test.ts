import assert from "node:assert/strict";
import { faultsOf, labelsOf } from "#observability/labels";
import { groupingsOf, metricsOf, restricted, selectorsOf } from "#observability/promql";

const known = new Map([
  ["calls_total", new Set(["service", "pod", "outcome"])],
  ["calls_bucket", new Set(["service", "pod", "le"])],
  ["limits", new Set(["service", "pod"])],
]);
const labels = (expr: string) => [...(labelsOf(expr, known) ?? [])].toSorted();

describe("A query", () => {
  it("names its metrics, wherever they stand", () => {
    const expr =
      'sum by (a) (rate(one_total{b="two"}[5m] offset 1h)) / on (c) group_left (d) {__name__="three"} or vector(0)';
    assert.deepEqual(metricsOf(expr), ["one_total", "three"]);
    assert.deepEqual(groupingsOf(expr), ["a", "c", "d"]);
  });

  it("names its conditions, in quotes of every kind", () => {
    const [selector] = selectorsOf(`a{b="\\"", c!='x"', d=~\`\\d+\`}`);
    assert.deepEqual(selector?.matchers, [
      { label: "b", operator: "=", value: '"' },
      { label: "c", operator: "!=", value: 'x"' },
      { label: "d", operator: "=~", value: "\\d+" },
    ]);
  });

  it("is refused with its place when it does not parse", () => {
    assert.throws(() => metricsOf("sum by ("), /^Error: Not PromQL at its end: sum by \($/);
    assert.throws(() => metricsOf("up == = 1"), /Not PromQL at "= 1": up == = 1/);
    assert.throws(() => metricsOf('{job="x"}'), /without a metric's name/);
  });

  it("is restricted in everything that it asks for", () => {
    assert.equal(
      restricted('a / on (x) rate(b{c="}"}[5m]) or absent(d{})', 'n="m"'),
      'a{n="m"} / on (x) rate(b{n="m", c="}"}[5m]) or absent(d{n="m"})',
    );
  });

  const results: [expr: string, labels: string[]][] = [
    ["rate(calls_total[5m])", ["outcome", "pod", "service"]],
    ["sum by (service) (calls_total)", ["service"]],
    ["sum without (pod) (calls_total)", ["outcome", "service"]],
    ["sum(calls_total)", []],
    ["topk(3, calls_total)", ["outcome", "pod", "service"]],
    ["histogram_quantile(0.9, sum by (service, le) (rate(calls_bucket[5m])))", ["service"]],
    ["sum by (service, pod) (calls_total) / limits > 3", ["pod", "service"]],
    ["sum by (service, outcome) (calls_total) / on (service) limits", ["service"]],
    [
      "calls_total / on (service) group_left () sum by (service) (limits)",
      ["outcome", "pod", "service"],
    ],
    ["calls_total and on (service) limits", ["outcome", "pod", "service"]],
    ['label_replace(limits, "to", "$1", "pod", "(.*)")', ["pod", "service", "to"]],
    ['absent(calls_total{service="a", pod=~"b"})', ["service"]],
    ["max_over_time(sum by (service) (limits)[1h:5m])", ["service"]],
    ["1 - limits", ["pod", "service"]],
    ["vector(1)", []],
  ];
  for (const [expr, expected] of results) {
    it(`has as its result's labels what ${expr} leaves of them`, () =>
      assert.deepEqual(labels(expr), expected));
  }

  const refused: [expr: string, why: RegExp][] = [
    ["sum by (service) (called_total)", /^Nobody exports called_total\.$/],
    ['calls_total{status="500"}', /^There is no label status: calls_total\{status="500"\}$/],
    ["sum by (status) (calls_total)", /^There is no label status: sum by/],
    ["sum without (le) (limits)", /^There is no label le/],
    ["calls_total / on (outcome) limits", /^There is no label outcome/],
    ["limits * on (pod) group_left (zone) limits", /^There is no label zone/],
    ["histogram_quantile(0.9, rate(calls_total[5m]))", /^There is no label le/],
    [
      "calls_total / limits",
      /^The sides never match, by \[outcome,pod,service\] and by \[pod,service\]/,
    ],
    ["sum by (service) (limits) unless limits", /^The sides never match/],
    ["limits >", /^Not PromQL at its end/],
  ];
  for (const [expr, why] of refused) {
    it(`is refused: ${expr}`, () => {
      const [fault = "", ...others] = faultsOf(expr, known);
      assert.match(fault, why);
      assert.deepEqual(others, []);
    });
  }
});
