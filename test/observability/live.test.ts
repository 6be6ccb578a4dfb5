import assert from "node:assert/strict";
import { callTool } from "#local/setup/mcp-call";
import { panelQueries } from "#observability/dashboards/queries";
import { metricsOf } from "#observability/promql";
import { recordings, alerts as rules } from "#observability/rules/index";
import { LACKING, NOT_YET } from "#test/observability/lacking";
import {
  ask,
  forwarded,
  installObservability,
  installStack,
  measuredAgents,
  mustKubectl,
  NAMESPACE,
  type Notification,
  notifications,
  query,
  queryAt,
  removeStack,
} from "#test/observability/watched-stack";
import { eventually } from "#test/support/eventually";
import { testTarget } from "#test/support/kubectl";

/** Seconds from Postgres' end to the alert at its receiver: the rule's `for`, and two minutes. */
const FOR = 60;
const BEYOND = 120;

interface Target {
  labels: { job: string; service?: string };
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

  it("scrapes everything that has metrics, through the network policies and in one way alone", async () => {
    await eventually("all targets are up", 240, async () => {
      const { data } = await ask<{ data: { activeTargets: Target[] } }>(
        "prometheus",
        "/api/v1/targets?state=active",
      );
      for (const { labels, health, lastError } of data.activeTargets) {
        assert.equal(health, "up", `${labels.service}: ${lastError}`);
      }
      const found = data.activeTargets.map(
        ({ labels }) => `${labels.job} ${labels.service ?? "of a node"}`,
      );
      assert.deepEqual([...new Set(found)].toSorted(), [
        ...measuredAgents.map((name) => `agent ${name}`).toSorted(),
        "alertmanager observability-alertmanager",
        "dashboard dashboard",
        "kube-state-metrics observability-kube-state-metrics",
        "kubelet of a node",
        "postgres postgres",
        "prometheus observability-prometheus",
        "registry registry",
      ]);
      return true;
    });
    // A pod that were found by a second way would have its series twice, under other labels.
    const twice = await query('count by (namespace, pod, job) (up{job!="kubelet", pod!=""}) > 1');
    assert.deepEqual(twice, []);
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
    const queries = panelQueries({ namespace: NAMESPACE }).filter(
      ({ absentWhen }) => !LACKING.includes(absentWhen),
    );
    assert.ok(queries.length > 50);
    await eventually("data for every panel", 180, async () => {
      // Rates want more than one call: a counter that starts with its first call has not risen.
      await forwarded("greeter", (url) => callTool(`${url}/mcp`, "greet", { name: "Ada" }));
      const missing = await forwarded("prometheus", async (url) => {
        const empty: string[] = [];
        for (const { dashboard, panel, expr } of queries) {
          const values = (await queryAt(url, expr)).filter(({ value }) => value[1] !== "NaN");
          if (values.length === 0) empty.push(`${dashboard}, ${panel}: ${expr}`);
        }
        return empty;
      });
      assert.deepEqual(missing, []);
      return true;
    });
  });

  it("exports every metric that a rule asks for, and evaluates all rules", async () => {
    const { data: names } = await ask<{ data: string[] }>(
      "prometheus",
      "/api/v1/label/__name__/values",
    );
    const recorded = recordings.map(({ record }) => record);
    const asked = [...rules, ...recordings].flatMap(({ expr }) => metricsOf(expr));
    const missing = [...new Set(asked)].filter((name) => !names.includes(name));
    const unexcused = missing.filter(
      (name) => !recorded.includes(name) && !NOT_YET.some(([known]) => known.test(name)),
    );
    assert.deepEqual(unexcused, []);
    const { data } = await ask<{
      data: { groups: { rules: { query: string; health: string; lastError?: string }[] }[] };
    }>("prometheus", "/api/v1/rules");
    const found = data.groups.flatMap((group) => group.rules);
    assert.equal(found.length, rules.length + recordings.length);
    const sick = found.filter(({ health }) => health === "err");
    assert.deepEqual(sick, []);
    // Groups with long windows are evaluated every few minutes: theirs are asked here.
    const waiting = found.filter(({ health }) => health === "unknown");
    await forwarded("prometheus", async (url) => {
      for (const { query: expr } of waiting) await queryAt(url, expr);
    });
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
    const namespace = "drill";
    const service = "registry";
    const named = (alertname: string, more: object) => ({
      labels: { alertname, namespace, severity: "warning", ...more },
    });
    const all = [
      named("RegistryDatabaseDown", { service, severity: "critical" }),
      named("RegistryErrors", { service, job: "registry" }),
      named("WorkloadDown", { service, severity: "critical" }),
      named("AgentNotRegistered", { service: "greeter", job: "agent" }),
      named("AgentNotRegistered", { service: "greeter", job: "agent", namespace: "another" }),
      named("ToolErrors", { service: "everything", job: "agent" }),
      named("WorkloadDown", { service: "greeter", severity: "critical" }),
    ];
    const loud = await forwarded("alertmanager", async (url) => {
      const headers = { "content-type": "application/json" };
      const path = `${url}/api/v2/alerts?filter=namespace=~"drill|another"`;
      const posted = await fetch(path, { method: "POST", headers, body: JSON.stringify(all) });
      assert.ok(posted.ok);
      return eventually("all alerts are judged", 60, async () => {
        const list = (await (await fetch(path)).json()) as {
          labels: Record<string, string>;
          status: { state: string };
        }[];
        const judged = list.filter(({ status }) => status.state !== "unprocessed");
        const active = judged.filter(({ status }) => status.state === "active");
        const said = active.map(({ labels }) => `${labels.alertname} ${labels.service}`);
        return judged.length === all.length && said;
      });
    });
    assert.deepEqual(loud.toSorted(), [
      "AgentNotRegistered greeter",
      "RegistryDatabaseDown registry",
      "ToolErrors everything",
      "WorkloadDown greeter",
    ]);
  });

  it("keeps its data and what it is, when its pod is deleted and when it is reconfigured", async () => {
    const moment = Math.floor(Date.now() / 1000) - 10;
    const before = (await query('up{job="registry"}', moment)).length;
    assert.ok(before > 0);
    const pod = "observability-prometheus-0";
    const uid = () => mustKubectl(["get", "pod", pod, "-o=jsonpath={.metadata.uid}"]);
    for (const change of [
      () => mustKubectl(["delete", "pod", pod]),
      // From here on as often as the stack itself.
      () => installObservability(),
    ]) {
      const old = await uid();
      await change();
      await eventually("another pod with the same data", 120, async () => {
        if ((await uid()) === old) return false;
        return (await query('up{job="registry"}', moment)).length === before;
      });
    }
  });

  it(`tells of Postgres' end within ${FOR} + ${BEYOND} s, of nothing that follows, and when it is over`, async () => {
    assert.equal(rules.find(({ alert }) => alert === "PostgresDown")?.for, `${FOR / 60}m`);
    const before = (await notifications()).length;
    const since = async () => (await notifications()).slice(before);
    const heard = async (status: Notification["status"]) =>
      says(await since(), "critical", "PostgresDown", status);
    // By the Prometheus of now: what the one before it saw would count for five minutes.
    const fresh = `pg_up == 1 and timestamp(pg_up) > ${Date.now() / 1000}`;
    await eventually("Postgres is scraped", 60, async () => (await query(fresh))[0]);
    const start = Date.now();
    await mustKubectl(["scale", "statefulset/postgres", "--replicas=0"]);
    const told = await eventually("the alert", FOR + BEYOND, () => heard("firing"));
    console.log(`      told after ${Math.round((told.at - start) / 1000)} s`);
    assert.equal(told.authorization?.startsWith("Bearer s3cret"), true);
    const consequence = 'ALERTS{alertname="RegistryDatabaseDown", alertstate="firing"}';
    await eventually("a consequence", 60, async () => (await query(consequence))[0]);
    await mustKubectl(["scale", "statefulset/postgres", "--replicas=1"]);
    const over = await eventually("the all-clear", 240, () => heard("resolved"));
    console.log(`      all-clear ${Math.round((over.at - told.at) / 1000)} s later`);
    const others = (await since()).flatMap(({ path, alerts }) =>
      path === "watchdog" ? [] : alerts,
    );
    assert.deepEqual([...new Set(others)], ["PostgresDown"]);
  }).timeout(540_000);
});
