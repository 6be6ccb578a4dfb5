import assert from "node:assert/strict";
import { alertCases } from "#test/observability/alert-cases";
import type { AlertCase, Situation } from "#test/observability/cases/case";
import { type Alert, alerts } from "#test/observability/catalogue";
import { links, Promtool } from "#test/observability/promtool";

/** Fires always: it has no series under which it is silent. */
const ALWAYS = "Watchdog";

describe("The alerts", function () {
  this.timeout(120_000);
  let promtool: Promtool;

  before(async function () {
    // The packages may have to be downloaded first.
    this.timeout(300_000);
    promtool = await Promtool.start();
  });
  after(() => promtool?.stop());

  const fileOf = (alert: string) =>
    promtool.files.find((path) => alerts([path]).some((one) => one.alert === alert)) ?? "";

  /** What a person gets to read. */
  function annotationsOf(alert: string, { labels, value = "" }: AlertCase["fires"]) {
    const rule = alerts([fileOf(alert)]).find(
      (one) => one.alert === alert && one.labels.burn === labels.burn,
    ) as Alert;
    const fill = (text: string) =>
      text
        .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
        .replaceAll(/\{\{ \$value[^}]*\}\}/g, value);
    return Object.fromEntries(
      Object.entries(rule.annotations).map(([key, text]) => [key, fill(text)]),
    );
  }

  async function mustFire(alert: string, fires: AlertCase["fires"]): Promise<void> {
    const fire = [{ exp_labels: fires.labels, exp_annotations: annotationsOf(alert, fires) }];
    const outcome = await promtool.test(fires, { alert, fire }, fileOf(alert));
    assert.equal(outcome.code, 0, outcome.text);
  }

  async function mustBeSilent(alert: string, situation: Situation): Promise<void> {
    const outcome = await promtool.test(situation, { alert, fire: [] }, fileOf(alert));
    assert.equal(outcome.code, 0, outcome.text);
  }

  it("are valid rules", async () => {
    const outcome = await promtool.check();
    assert.equal(outcome.code, 0, outcome.text);
  });

  it("all have a case here, in which they fire and some in which they don't", () => {
    const burning = ({ burn }: Record<string, string>) => (burn ? ` ${burn}` : "");
    const cases = alertCases.map(({ alert, fires }) => alert + burning(fires.labels));
    const names = alerts().map(({ alert, labels }) => alert + burning(labels));
    assert.deepEqual([...new Set([ALWAYS, ...cases])].toSorted(), names.toSorted());
    assert.ok(alertCases.every(({ silent }) => silent.length > 0));
  });

  it("lead to a runbook and to a dashboard", () => {
    const { annotations } = alerts([fileOf("PostgresDown")])[0] as Alert;
    assert.equal(annotations.runbook_url, `${links.runbooks}/PostgresDown`);
    assert.equal(annotations.dashboard_url, `${links.dashboards}/mcp-mesh-postgres`);
  });

  it(`${ALWAYS} fires over nothing at all`, () =>
    mustFire(ALWAYS, {
      when: "always",
      series: {},
      at: "0m",
      labels: { severity: "none", team: "mesh" },
    }));

  for (const { alert, fires, silent } of alertCases) {
    it(`${alert} fires, and says about whom: ${fires.when}`, () => mustFire(alert, fires));
    for (const situation of silent) {
      it(`${alert} is silent: ${situation.when}`, () => mustBeSilent(alert, situation));
    }
  }
});
