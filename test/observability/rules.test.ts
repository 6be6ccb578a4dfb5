import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type AlertCase, alertCases } from "#test/observability/alert-cases";
import { type Alert, alerts, ruleFiles } from "#test/observability/catalogue";
import { monitoringTools } from "#test/observability/tools";
import { type Outcome, run } from "#test/support/project";

/** Fires always: it has no series under which it is silent. */
const ALWAYS = "Watchdog";

describe("The alerts", function () {
  this.timeout(60_000);
  let folder: string;
  let promtool: string;

  before(async function () {
    // The packages may have to be downloaded first.
    this.timeout(300_000);
    ({ promtool } = await monitoringTools());
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-rules-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  /** Evaluates the rules over series; `labels` undefined: the alert must not fire. */
  function evaluate(
    alert: string,
    { series, at }: AlertCase["silent"],
    expected: { exp_labels: object; exp_annotations: object }[],
  ): Promise<Outcome> {
    const file = join(folder, "test.yaml");
    const test = {
      interval: "15s",
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: expected }],
    };
    const text = stringify({ rule_files: ruleFiles(), evaluation_interval: "15s", tests: [test] });
    writeFileSync(file, text);
    return run(promtool, ["test", "rules", file]);
  }

  /** What a person gets to read. */
  function annotationsOf(alert: string, { labels, percentage = "" }: AlertCase["fires"]) {
    const rule = alerts().find((one) => one.alert === alert) as Alert;
    const fill = (text: string) =>
      text
        .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
        .replaceAll("{{ $value | humanizePercentage }}", percentage);
    return Object.fromEntries(
      Object.entries(rule.annotations).map(([key, text]) => [key, fill(text)]),
    );
  }

  it("are valid rules", async () => {
    const outcome = await run(promtool, ["check", "rules", "--lint-fatal", ...ruleFiles()]);
    assert.equal(outcome.code, 0, outcome.text);
  });

  it("all have a case here, in which they fire and one in which they don't", () => {
    const cases = new Set([ALWAYS, ...alertCases.map(({ alert }) => alert)]);
    const names = alerts().map(({ alert }) => alert);
    assert.deepEqual([...cases].toSorted(), names.toSorted());
  });

  it(`${ALWAYS} fires over nothing at all`, async () => {
    const fires = { series: {}, at: "0m", labels: { severity: "none" } };
    const expected = {
      exp_labels: fires.labels,
      exp_annotations: annotationsOf(ALWAYS, fires),
    };
    const outcome = await evaluate(ALWAYS, fires, [expected]);
    assert.equal(outcome.code, 0, outcome.text);
  });

  for (const { alert, fires, silent } of alertCases) {
    const when = Object.keys(fires.series).length > 0 ? "" : ", also when there is nothing left";
    it(`${alert} fires when it should${when}, and says about whom`, async () => {
      const { labels } = fires;
      for (const text of Object.values(annotationsOf(alert, fires))) {
        assert.doesNotMatch(text, /\{\{/);
      }
      const expected = { exp_labels: labels, exp_annotations: annotationsOf(alert, fires) };
      const outcome = await evaluate(alert, fires, [expected]);
      assert.equal(outcome.code, 0, outcome.text);
    });

    it(`${alert} is silent when it should be${when && ", a moment before"}`, async () => {
      const outcome = await evaluate(alert, silent, []);
      assert.equal(outcome.code, 0, outcome.text);
    });
  }
});
