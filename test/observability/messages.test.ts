import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { monitoringTools } from "#test/observability/tools";
import { run } from "#test/support/project";

const TEMPLATES = join(projectRoot, "charts/observability/alertmanager/*.tmpl");

/** What Alertmanager would notify of: alerts that have their names and namespace in common. */
function group(status: "firing" | "resolved", services: readonly string[]) {
  const labels = { alertname: "AgentSlow", severity: "warning", team: "mesh", namespace: "n" };
  const alerts = services.map((service) => ({
    status,
    labels: { ...labels, service, pod: `${service}-0` },
    annotations: {
      summary: `${service} answers slowly`,
      description: "Callers wait more than a second & give up.",
      runbook_url: "https://mesh.example/runbooks/AgentSlow",
      dashboard_url: "https://grafana.example/d/agents",
    },
    startsAt: "2026-11-23T02:14:05Z",
    endsAt: status === "resolved" ? "2026-11-23T02:31:00Z" : "0001-01-01T00:00:00Z",
    generatorURL: "https://prometheus.example/graph",
    fingerprint: service,
  }));
  return {
    receiver: "warning",
    status,
    alerts,
    groupLabels: { alertname: "AgentSlow", namespace: "n" },
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: "https://alerts.example",
  };
}

describe("A message of an alert", function () {
  this.timeout(60_000);
  let folder: string;
  let amtool: string;

  before(async function () {
    this.timeout(300_000);
    ({ amtool } = await monitoringTools());
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-messages-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  /** What Alertmanager's own code makes of a template. */
  async function rendered(name: string, data: object, type = "text"): Promise<string> {
    const path = join(folder, "data.json");
    writeFileSync(path, JSON.stringify(data));
    const outcome = await run(amtool, [
      ...["template", "render", `--template.glob=${TEMPLATES}`, `--template.type=${type}`],
      ...[`--template.text={{ template "${name}" . }}`, `--template.data=${path}`],
    ]);
    assert.equal(outcome.code, 0, outcome.text);
    return outcome.stdout.trim();
  }

  it("says in its title how bad it is, what is wrong and where", async () => {
    const title = await rendered("mesh.title", group("firing", ["greeter"]));
    assert.equal(title, "[WARNING] greeter answers slowly · n");
  });

  it("says in its title how many there are, and when it is over", async () => {
    const many = await rendered("mesh.title", group("firing", ["a", "b", "c"]));
    assert.equal(many, "[WARNING] a answers slowly (3 such alerts) · n");
    const over = await rendered("mesh.title", group("resolved", ["greeter"]));
    assert.equal(over, "[OVER] greeter answers slowly · n");
  });

  it("says what it means, since when, where it is, what to do, and how to silence it", async () => {
    const text = await rendered("mesh.text", group("firing", ["greeter"]));
    assert.deepEqual(text.split("\n"), [
      "greeter answers slowly",
      "",
      "What it means: Callers wait more than a second & give up.",
      "",
      "Since:     2026-11-23 02:14 UTC",
      "Where:     namespace n, pod greeter-0, service greeter",
      "Do this:   https://mesh.example/runbooks/AgentSlow",
      "Dashboard: https://grafana.example/d/agents",
      "",
      "Silence:   https://alerts.example/#/silences/new?filter=%7Balertname%3D%22AgentSlow%22%2Cnamespace%3D%22n%22%7D",
    ]);
  });

  it("tells of ten at most in full, and of how many there are", async () => {
    const services = Array.from({ length: 40 }, (_, index) => `agent-${index}`);
    for (const name of ["mesh.text", "mesh.slack", "mesh.html"]) {
      const text = await rendered(name, group("firing", services));
      assert.equal(text.match(/answers slowly/g)?.length, 10, name);
      assert.match(text, /And more: 40 in all\./, name);
    }
  });

  it("says how long it was when it is over, and offers no silence", async () => {
    const over = group("resolved", ["greeter"]);
    const line =
      /^Over: greeter answers slowly \(namespace n, .*\), from 2026-11-23 02:14 to 02:31 UTC$/;
    assert.match(await rendered("mesh.over", over), line);
    assert.equal(await rendered("mesh.text", over), "");
    assert.match(await rendered("mesh.slack", over), line);
    assert.doesNotMatch(await rendered("mesh.html", over, "html"), /Silence/);
  });

  it("has links with names in Slack, and escapes what HTML would take for its own", async () => {
    const firing = group("firing", ["greeter"]);
    const slack = await rendered("mesh.slack", firing);
    assert.match(slack, /<https:\/\/mesh\.example\/runbooks\/AgentSlow\|Runbook>/);
    const html = await rendered("mesh.html", firing, "html");
    assert.match(html, /a second &amp; give up/);
    assert.match(html, /<a href="https:\/\/grafana\.example\/d\/agents">Dashboard<\/a>/);
  });

  it("falls back to the alert's name where a rule of somebody else says nothing more", async () => {
    const bare = group("firing", ["greeter"]);
    for (const alert of bare.alerts) Object.assign(alert, { annotations: {} });
    assert.equal(await rendered("mesh.title", bare), "[WARNING] AgentSlow · n");
    assert.match(await rendered("mesh.text", bare), /^AgentSlow\n/);
    assert.equal(await rendered("mesh.runbook", bare), "https://prometheus.example/graph");
  });
});
