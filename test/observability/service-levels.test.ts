import assert from "node:assert/strict";
import fc from "fast-check";
import { faultsOf } from "#observability/labels";
import { metricsOf } from "#observability/promql";
import {
  BUDGET,
  burnAlerts,
  burns,
  failuresOver,
  ratioOver,
} from "#observability/rules/burn-rates";
import { alerts } from "#observability/rules/index";
import { slos } from "#observability/rules/slos";
import { knownSeries } from "#observability/series";
import { dayCases, type Stretch, traffic } from "#test/observability/cases/service-levels";
import { Promtool } from "#test/observability/promtool";

const hours = (window: string) =>
  Number.parseInt(window, 10) * ({ m: 1 / 60, h: 1, d: 24 }[window.slice(-1)] ?? Number.NaN);
const of = { job: "agent", service: "greeter", slo: "agent-calls" };
const OURS = 'job="agent", service="greeter", slo="agent-calls"';

describe("The service levels", function () {
  this.timeout(120_000);
  let promtool: Promtool;

  before(async function () {
    this.timeout(300_000);
    promtool = await Promtool.start();
  });
  after(() => promtool?.stop());

  const file = () => promtool.files.find((path) => path.endsWith("service-levels.yaml"));

  /** What records give after some traffic of an agent; rounded, for rates reach over its edges. */
  async function mustGive(stretches: Stretch[], at: string, numbers: Record<string, number>) {
    for (const [record, value] of Object.entries(numbers)) {
      const expr = `round(${record}{slo="agent-calls"}, 0.005)`;
      const gives = [{ labels: `{namespace="n", ${OURS}}`, value }];
      const situation = { when: "", series: traffic(of.slo, stretches), at, every: "1m" };
      const outcome = await promtool.test(situation, { expr, gives }, file());
      assert.equal(outcome.code, 0, `${record}: ${outcome.text}`);
    }
  }

  it("cost as much of the budget before they alert as the workbook says", () => {
    const spent = [...burns.fast, ...burns.slow].map(({ factor, long }) =>
      Number(((factor * hours(long)) / (30 * 24)).toPrecision(6)),
    );
    assert.deepEqual(spent, [0.02, 0.05, 0.1, 0.1]);
  });

  it("look back over a twelfth of the long window, to end soon after the cause does", () => {
    for (const { long, short } of [...burns.fast, ...burns.slow]) {
      assert.equal(hours(long) / hours(short), 12);
    }
  });

  it("give queries over known series, whatever the objective", () => {
    const objective = fc.double({ min: 0.9, max: 0.9999, noNaN: true });
    fc.assert(
      fc.property(objective, fc.constantFrom(...slos), (goal, slo) => {
        for (const { expr, labels } of burnAlerts({ ...slo, objective: goal })) {
          assert.deepEqual(faultsOf(expr, knownSeries), []);
          const pairs = labels?.burn === "fast" ? burns.fast : [...burns.slow, ...burns.fast];
          for (const { long, short } of pairs) {
            for (const name of [ratioOver(long), ratioOver(short), failuresOver(long)]) {
              assert.ok(metricsOf(expr).includes(name), name);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("weigh each moment by its traffic", () =>
    // One in eleven fails in a quiet half hour, none in a busy one: not one in 22.
    mustGive(
      [
        { minutes: 30, good: 30, bad: 3 },
        { minutes: 40, good: 297, bad: 0 },
      ],
      "60m",
      { [ratioOver("5m")]: 0, [ratioOver("1h")]: 0.01 },
    ));

  it("count what failed, though each rate reaches back over five minutes", () =>
    mustGive([{ minutes: 130, good: 90, bad: 10 }], "120m", {
      [ratioOver("2h")]: 0.1,
      [ratioOver("1d")]: 0.1,
    }));

  it("count nothing as failed where nothing ever failed", () =>
    mustGive([{ minutes: 20, good: 10, bad: 0 }], "15m", { [ratioOver("5m")]: 0 }));

  it("tell which part of the budget is left, and when more than all of it is spent", async () => {
    await mustGive([{ minutes: 70, good: 9980, bad: 20 }], "65m", { [BUDGET]: 0.6 });
    await mustGive([{ minutes: 70, good: 99, bad: 1 }], "65m", { [BUDGET]: -1 });
  });

  for (const situation of dayCases) {
    it(`alert nobody: ${situation.when}`, async () => {
      const outcome = await promtool.test(situation, { alert: "AgentCallsBurn", fire: [] }, file());
      assert.equal(outcome.code, 0, outcome.text);
    });
  }

  it("are all promises that an alert watches over", () => {
    const watched = new Set(alerts.flatMap(({ labels }) => labels?.slo ?? []));
    assert.deepEqual([...watched].toSorted(), slos.map(({ name }) => name).toSorted());
  });
});
