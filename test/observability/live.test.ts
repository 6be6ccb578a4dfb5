import assert from "node:assert/strict";
import { callTool } from "#local/setup/mcp-call";
import { alertCases } from "#test/observability/alert-cases";
import { alerts, metricsOf, panelQueries } from "#test/observability/catalogue";
import {
  ask,
  forwarded,
  installObservability,
  installStack,
  mustKubectl,
  NAMESPACE,
  type Notification,
  notifications,
  query,
  removeStack,
} from "#test/observability/watched-stack";
import { eventually } from "#test/support/eventually";
import { testTarget } from "#test/support/kubectl";

/** Seconds from the registry's end to the alert at its receiver, at most. */
const TOLD_WITHIN = 180;

interface Target {
  labels: { job: string; service: string };
  health: string;
  lastError: string;
}

const says = (
  all: readonly Notification[],
  path: string,
  alert: string,
  status: Notification["status"],
) => all.find((one) => one.path === path && one.status === status && one.alerts.includes(alert));

describe("the monitoring of a stack on a real cluster", function () {
  this.timeout(300_000);

  before(async function () {
    this.timeout(600_000);
    if (!testTarget()) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    await installStack();
    await eventually("Prometheus is there", 240, () => query("up"));
  });
  after(async function () {
    this.timeout(300_000);
    if (testTarget()) await removeStack();
  });

  it("scrapes everything that has metrics, through the network policies", async () => {
    const expected = ["agent greeter", "alertmanager observability-alertmanager"];
    expected.push("prometheus observability-prometheus", "registry registry");
    await eventually("all targets are up", 240, async () => {
      const { data } = await ask<{ data: { activeTargets: Target[] } }>(
        "prometheus",
        "/api/v1/targets?state=active",
      );
      for (const { labels, health, lastError } of data.activeTargets) {
        assert.equal(health, "up", `${labels.service}: ${lastError}`);
      }
      const found = data.activeTargets.map(({ labels }) => `${labels.job} ${labels.service}`);
      assert.deepEqual([...new Set(found)].toSorted(), expected);
      return true;
    });
  });

  it("lets nobody else get to Prometheus or Alertmanager", async () => {
    const program = `for (const [host, port] of [
        ["postgres", 5432], ["observability-prometheus", 9090], ["observability-alertmanager", 9093],
      ]) {
        const socket = require("node:net").connect({ host, port, timeout: 3000 });
        const end = (said) => { console.log(host, said); socket.destroy(); };
        socket.on("connect", () => end("reached"));
        for (const no of ["timeout", "error"]) socket.on(no, () => end("refused"));
      }`;
    const said = await mustKubectl([
      ...["exec", "deploy/registry", "-c", "registry", "--"],
      ...["/nodejs/bin/node", "-e", program],
    ]);
    assert.deepEqual(said.trim().split("\n").toSorted(), [
      "observability-alertmanager refused",
      "observability-prometheus refused",
      "postgres reached",
    ]);
  });

  it("has data for every query of the dashboards", async () => {
    const queries = panelQueries(NAMESPACE);
    await eventually("data for every panel", 180, async () => {
      // Rates want more than one call: a counter that starts with its first call has not risen.
      await forwarded("greeter", (url) => callTool(`${url}/mcp`, "greet", { name: "Ada" }));
      const missing = [];
      for (const { title, expr } of queries) {
        const values = (await query(expr)).filter(({ value }) => value[1] !== "NaN");
        if (values.length === 0) missing.push(title);
      }
      assert.deepEqual(missing, []);
      return true;
    });
  });

  it("exports every metric that an alert asks for, and evaluates all rules", async () => {
    const { data: names } = await ask<{ data: string[] }>(
      "prometheus",
      "/api/v1/label/__name__/values",
    );
    for (const { alert, expr } of alerts()) {
      for (const name of metricsOf(expr)) assert.ok(names.includes(name), `${alert}: ${name}`);
    }
    const { data } = await ask<{
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
    }>("prometheus", "/api/v1/rules");
    const rules = data.groups.flatMap((group) => group.rules);
    assert.equal(rules.length, alerts().length);
    for (const { name, health, lastError } of rules)
      assert.equal(health, "ok", `${name} ${lastError}`);
  });

  it("keeps the dead man's switch from calling", async () => {
    await eventually("the watchdog", 120, async () =>
      says(await notifications(), "watchdog", "Watchdog", "firing"),
    );
  });

  it("is otherwise quiet when all is well", async () => {
    const firing = await query('ALERTS{alertstate="firing", severity!="none"}');
    assert.deepEqual(
      firing.map(({ metric }) => metric.alertname),
      [],
    );
  });

  it("keeps warnings back that follow from what is critical, and no others", async () => {
    const fired = alertCases
      .filter(({ fires }) => fires.labels.severity !== "critical")
      .map(({ alert, fires }) => ({ alertname: alert, ...fires.labels, drill: "yes" }));
    const down = { alertname: "RegistryDatabaseDown", severity: "critical", job: "registry" };
    const all = [...fired, { ...down, drill: "yes" }].map((labels) => ({ labels }));
    const loud = await forwarded("alertmanager", async (url) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify(all);
      const path = `${url}/api/v2/alerts?filter=drill="yes"`;
      assert.ok((await fetch(path, { method: "POST", headers, body })).ok);
      return eventually("all alerts are judged", 60, async () => {
        const list = (await (await fetch(path)).json()) as {
          labels: Record<string, string>;
          status: { state: string };
        }[];
        const judged = list.filter(({ status }) => status.state !== "unprocessed");
        const active = judged.filter(({ status }) => status.state === "active");
        return judged.length === all.length && active.map(({ labels }) => labels.alertname);
      });
    });
    assert.deepEqual(loud.toSorted(), ["RegistryDatabaseDown", "RulesFail"]);
  });

  it("keeps its data and what it is, when its pod is deleted and when it is reconfigured", async () => {
    const moment = Math.floor(Date.now() / 1000) - 10;
    const before = (await query('up{job="registry"}', moment)).length;
    assert.ok(before > 0);
    const uid = async () =>
      await mustKubectl([
        "get",
        "pod",
        "observability-prometheus-0",
        "-o=jsonpath={.metadata.uid}",
      ]);
    for (const change of [
      () => mustKubectl(["delete", "pod", "observability-prometheus-0"]),
      () => installObservability("6s"),
    ]) {
      const old = await uid();
      await change();
      await eventually("another pod with the same data", 120, async () => {
        if ((await uid()) === old) return false;
        return (await query('up{job="registry"}', moment)).length === before;
      });
    }
  });

  it(`tells of the registry's end within ${TOLD_WITHIN} s, and when it is over`, async () => {
    const before = (await notifications()).length;
    const heard = async (status: Notification["status"]) =>
      says((await notifications()).slice(before), "critical", "RegistryDown", status);
    await eventually(
      "the registry is scraped",
      60,
      async () => (await query('up{job="registry"} == 1'))[0],
    );
    const start = Date.now();
    await mustKubectl(["scale", "deployment/registry", "--replicas=0"]);
    const told = await eventually("the alert", TOLD_WITHIN, () => heard("firing"));
    console.log(`      told after ${Math.round((told.at - start) / 1000)} s`);
    assert.equal(told.authorization, "Bearer s3cret");
    await mustKubectl(["scale", "deployment/registry", "--replicas=1"]);
    await eventually("the all-clear", 240, () => heard("resolved"));
  }).timeout(540_000);
});
