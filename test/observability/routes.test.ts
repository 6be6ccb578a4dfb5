import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alerts } from "#test/observability/catalogue";
import { monitoringTools } from "#test/observability/tools";
import { ofKind, render } from "#test/support/charts";
import { run } from "#test/support/project";

const webhook = { url: "http://127.0.0.1:9/", existingSecret: "hook" };
const everyWay = {
  webhook,
  slack: { channel: "#mesh", existingSecret: "slack" },
  pagerduty: { existingSecret: "pagerduty" },
  email: {
    to: "mesh@example.org",
    from: "alerts@example.org",
    smarthost: "mail.example.org:587",
    username: "alerts",
    existingSecret: "mail",
  },
};
const everybody = { critical: everyWay, warning: everyWay, watchdog: everyWay };
const receiverOf: Record<string, string> = {
  critical: "critical",
  warning: "warning",
  none: "watchdog",
};

/** A file of the chart's, as its pod has it. */
async function fileOf(name: string, values: object): Promise<string> {
  const maps = ofKind(await render("observability", "observability", values), "ConfigMap");
  return maps.flatMap(({ data }) => data?.[name] ?? []).join();
}

describe("The configuration of the monitoring", function () {
  this.timeout(60_000);
  let folder: string;
  let tools: Awaited<ReturnType<typeof monitoringTools>>;

  before(async function () {
    this.timeout(300_000);
    tools = await monitoringTools();
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-routes-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const writeRoutes = async (receivers: object) =>
    write("alertmanager.yml", await fileOf("alertmanager.yml", { alertmanager: { receivers } }));

  it("is one that Prometheus takes", async () => {
    // Debian's promtool does not know kubernetes_sd_configs: this is what Debian's Prometheus gets.
    const image = { registry: "r", repository: "pod-discovery", tag: "0.1.0" };
    const text = await fileOf("prometheus.yml", { prometheus: { discovery: { image } } });
    // It complains of rule files that are not there.
    const path = write("prometheus.yml", text.replace(/^rule_files: .*$/m, "rule_files: []"));
    const outcome = await run(tools.promtool, ["check", "config", "--lint-fatal", path]);
    assert.equal(outcome.code, 0, outcome.text);
  });

  for (const [who, receivers] of [
    ["nobody is told", {}],
    ["everybody is told in every way", everybody],
  ] as const) {
    it(`is one that Alertmanager takes when ${who}`, async () => {
      const path = await writeRoutes(receivers);
      const outcome = await run(tools.amtool, ["check-config", path]);
      assert.equal(outcome.code, 0, outcome.text);
    });
  }

  it("leads each alert to who is named for its severity, and to nobody without", async () => {
    for (const [receivers, expected] of [
      [everybody, (severity: string) => receiverOf[severity]],
      [{}, () => "nobody"],
    ] as const) {
      const path = await writeRoutes(receivers);
      for (const { alert, labels } of alerts()) {
        const severity = labels.severity ?? "";
        const args = ["config", "routes", "test", `--config.file=${path}`];
        const outcome = await run(tools.amtool, [
          ...args,
          `--verify.receivers=${expected(severity)}`,
          `alertname=${alert}`,
          `severity=${severity}`,
        ]);
        assert.equal(outcome.code, 0, `${alert}: ${outcome.text}`);
      }
    }
  });
});
