import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
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
const warningHours = {
  days: ["monday:friday"],
  from: "08:00",
  to: "18:00",
  timeZone: "Europe/Berlin",
};

/** Whom an alert is for: its team where that has somebody, else whoever is named for all. */
function receiverOf(
  { alertname, severity, team }: Record<string, string>,
  { receivers, teams }: { receivers: object; teams: Record<string, object> },
): string {
  const named = (name: string) => (name in receivers ? name : "nobody");
  if (alertname === "Watchdog") return named("watchdog");
  if (severity === "none" || severity === "info") return "nobody";
  if (severity !== "critical" && severity !== "warning") return named("warning");
  return severity in (teams[team ?? ""] ?? {}) ? `${team}-${severity}` : named(severity);
}

/** A file of the chart's, as its pod has it. */
async function fileOf(name: string, values: object): Promise<string> {
  const maps = ofKind(await render("observability", "observability", values), "ConfigMap");
  return maps.flatMap(({ data }) => data?.[name] ?? []).join();
}

describe("The configuration of the monitoring", function () {
  this.timeout(120_000);
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
  /** With its templates beside it, where amtool looks for them. */
  const writeRoutes = async (alertmanager: object) => {
    const values = { alertmanager };
    write("mesh.tmpl", await fileOf("mesh.tmpl", values));
    const text = await fileOf("alertmanager.yml", values);
    return write("alertmanager.yml", text.replace("/etc/mcp-mesh/alertmanager", folder));
  };
  const verify = async (path: string, labels: Record<string, string>, receiver: string) => {
    const outcome = await run(tools.amtool, [
      ...["config", "routes", "test", `--config.file=${path}`, `--verify.receivers=${receiver}`],
      ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ]);
    assert.equal(outcome.code, 0, `${JSON.stringify(labels)}: ${outcome.text}`);
  };

  it("is one that Prometheus takes", async () => {
    // Debian's promtool does not know kubernetes_sd_configs: this is what Debian's Prometheus gets.
    const image = { registry: "r", repository: "pod-discovery", tag: "0.1.0" };
    const externalLabels = { cluster: "here" };
    const prometheus = { discovery: { image }, externalLabels };
    const text = await fileOf("prometheus.yml", { prometheus });
    assert.equal(parse(text).global.external_labels.cluster, "here");
    // It complains of rule files that are not there.
    const path = write("prometheus.yml", text.replace(/^rule_files: .*$/m, "rule_files: []"));
    const outcome = await run(tools.promtool, ["check", "config", "--lint-fatal", path]);
    assert.equal(outcome.code, 0, outcome.text);
  });

  for (const [who, values] of [
    ["nobody is told", {}],
    ["everybody is told in every way", { receivers: everybody }],
    [
      "a team is told for itself",
      { receivers: everybody, teams: { data: { critical: everyWay } } },
    ],
    [
      "warnings wait",
      { receivers: everybody, teams: { data: { warning: everyWay } }, warningHours },
    ],
  ] as const) {
    it(`is one that Alertmanager takes when ${who}`, async () => {
      const outcome = await run(tools.amtool, ["check-config", await writeRoutes(values)]);
      assert.equal(outcome.code, 0, outcome.text);
    });
  }

  it("leads each alert of the rules to exactly who is named for its severity and team", async () => {
    const settings: { receivers: object; teams: Record<string, object> }[] = [
      { receivers: everybody, teams: {} },
      { receivers: everybody, teams: { mesh: { critical: everyWay } } },
      { receivers: {}, teams: {} },
    ];
    for (const values of settings) {
      const path = await writeRoutes(values);
      for (const { alert, labels } of alerts()) {
        const all = { alertname: alert, ...labels };
        await verify(path, all, receiverOf(all, values));
      }
    }
  });

  it("leads any alert to exactly one receiver, whoever is named", async () => {
    const severities = ["critical", "warning"] as const;
    const told = fc
      .subarray([...severities])
      .map((names) => Object.fromEntries(names.map((name) => [name, { webhook }])));
    const settings = fc.record({
      receivers: fc
        .subarray(["critical", "warning", "watchdog"])
        .map((names) => Object.fromEntries(names.map((name) => [name, { webhook }]))),
      teams: fc.dictionary(fc.constantFrom("mesh", "data", "web"), told),
    });
    const labels = fc.record({
      alertname: fc.constantFrom("Watchdog", "Other"),
      severity: fc.constantFrom("critical", "warning", "info", "none", "unheard-of"),
      team: fc.constantFrom("mesh", "data", "nobodys"),
    });
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(labels, { minLength: 4, maxLength: 8 }),
        async (values, all) => {
          const path = await writeRoutes(values);
          for (const one of all) await verify(path, one, receiverOf(one, values));
        },
      ),
      { numRuns: 10 },
    );
  });

  it("names in its inhibitions only alerts that there are", async () => {
    const { inhibit_rules: rules } = parse(await fileOf("alertmanager.yml", {})) as {
      inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
    };
    const known = new Set(alerts().map(({ alert }) => alert));
    const matchers = rules.flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers]);
    const named = matchers.flatMap(
      (text) => /^alertname .*"(.*)"$/.exec(text)?.[1]?.split("|") ?? [],
    );
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
  });
});
