import assert from "node:assert/strict";
import { parseQuantity } from "#config/quantity";
import { kubeStateMetrics } from "#observability/catalogue/kube-state-metrics";
import { kubelet } from "#observability/catalogue/kubelet";
import { type Metric, targetLabels } from "#observability/catalogue/metric";
import { postgres } from "#observability/catalogue/postgres";
import { ExportersStack, type Sample } from "#test/observability/exporters-stack";
import { eventually } from "#test/support/eventually";
import { kubectl, testTarget } from "#test/support/kubectl";

interface Target {
  labels: { job: string };
  health: string;
  lastError: string;
}

/** What is told once a backup was looked into, or has a second repository: test/data does both. */
const LATER = /^mcp_mesh_backup_(last_verified_|verified_|verification_failed|second_)/;
const SUCCESS = "mcp_mesh_backup_last_success_timestamp_seconds";

describe("the exporters of a stack on a real cluster", function () {
  this.timeout(300_000);
  const stack = new ExportersStack();
  const one = async (expr: string) => {
    const [sample, ...more] = await stack.query(expr);
    assert.deepEqual(more, [], expr);
    return sample?.value;
  };
  /** The values of a gauge by type, such as that of the last backup. */
  const byType = async (name: string) =>
    Object.fromEntries((await stack.query(name)).map(({ metric, value }) => [metric.type, value]));

  before(async function () {
    this.timeout(600_000);
    if (!testTarget()) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    await stack.install();
    await eventually("Prometheus is there", 240, async () => (await one("vector(1)")) === 1);
    await eventually("the first backup is told", 240, async () => (await byType(SUCCESS)).full);
  });
  after(async function () {
    this.timeout(300_000);
    if (testTarget()) await stack.remove();
  });

  it("are all found and let in: each kubelet twice, the others once", async () => {
    await eventually("all targets are up", 120, async () => {
      const { data } = await stack.ask<{ data: { activeTargets: Target[] } }>(
        "/api/v1/targets?state=active",
      );
      const jobs: Record<string, number> = {};
      for (const { labels, health, lastError } of data.activeTargets) {
        assert.equal(health, "up", `${labels.job}: ${lastError}`);
        jobs[labels.job] = (jobs[labels.job] ?? 0) + 1;
      }
      const { items } = JSON.parse(await stack.kubectl(["get", "nodes", "-o", "json"]));
      assert.deepEqual(jobs, {
        alertmanager: 1,
        "kube-state-metrics": 1,
        kubelet: 2 * items.length,
        postgres: 1,
        prometheus: 1,
      });
      return true;
    });
  });

  for (const [exporter, metrics] of Object.entries({
    postgres,
    "kube-state-metrics": kubeStateMetrics,
    kubelet,
  })) {
    it(`give every series that the catalogue has of ${exporter}, with its labels`, async () => {
      await eventually("all series", 240, async () => {
        const samples = await stack.query(`{job="${exporter}"}`);
        for (const metric of metrics) assertGiven(metric, samples);
        return true;
      });
    });
  }

  function assertGiven({ name, labels }: Metric, samples: readonly Sample[]): void {
    if (LATER.test(name)) return;
    const own = samples.filter(({ metric }) => metric.__name__ === name);
    assert.ok(own.length > 0, `${name} is not there`);
    const known = new Set<string>(["__name__", "server", "node", ...targetLabels, ...labels]);
    for (const { metric } of own) {
      const others = Object.keys(metric).filter((label) => !known.has(label));
      assert.deepEqual(others, [], `labels of ${name}`);
      assert.equal(metric.namespace, stack.namespace, name);
    }
  }

  it("tell what is so: of containers, replicas, quotas and volumes", async () => {
    assert.equal(await one('kube_deployment_spec_replicas{deployment="fails"}'), 1);
    assert.equal(await one('kube_job_failed{job_name="fails",condition="true"}'), 1);
    const memory = await stack.query('container_memory_working_set_bytes{pod="postgres-0"}');
    const names = memory.map(({ metric }) => metric.container).toSorted();
    assert.deepEqual(names, ["backup", "exporter", "logins", "postgres"]);
    const [available = 0, capacity = 0] = [
      await one('kubelet_volume_stats_available_bytes{persistentvolumeclaim="data-postgres-0"}'),
      await one('kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data-postgres-0"}'),
    ];
    assert.ok(0 < available && available < capacity, `${available} of ${capacity}`);
    assert.equal(await one("pg_up"), 1);
    assert.equal(
      `${await one("pg_settings_max_connections")}`,
      await stack.kubectl([
        ...["exec", "postgres-0", "-c", "postgres", "--"],
        ...["psql", "-U", "postgres", "-XAtc", "SHOW max_connections"],
      ]),
    );
  });

  it("leave a quarter of the memory that they may have", async () => {
    const limits: Record<string, string> = {};
    for (const { spec } of JSON.parse(await stack.kubectl(["get", "pods", "-o", "json"])).items) {
      for (const { name, resources } of [...(spec.initContainers ?? []), ...spec.containers]) {
        limits[name] = resources.limits?.memory;
      }
    }
    for (const name of ["exporter", "logins", "kube-state-metrics", "discovery"]) {
      const used = await one(`max(container_memory_working_set_bytes{container="${name}"})`);
      const limit = Number(parseQuantity(limits[name] ?? "")) / 1000;
      console.log(`      ${name}: ${((used ?? 0) / 2 ** 20).toFixed(0)} MiB of ${limits[name]}`);
      assert.ok(used && used < 0.75 * limit, `${name}: ${used} of ${limit}`);
    }
  });

  it("see nothing of other namespaces, and reach into no node", async () => {
    const foreign = `{job=~"kubelet|kube-state-metrics",namespace!="${stack.namespace}",namespace!=""}`;
    assert.deepEqual(await stack.query(foreign), []);
    const may = async (account: string, verb: string, what: string, where: string[]) => {
      // What stands behind a slash would be taken for a name.
      const as = `--as=system:serviceaccount:${stack.namespace}:observability-${account}`;
      return (await kubectl(["auth", "can-i", verb, what, as, ...where])).stdout.trim();
    };
    const here = ["-n", stack.namespace];
    assert.equal(await may("kube-state-metrics", "list", "pods", here), "yes");
    assert.equal(await may("kube-state-metrics", "list", "secrets", here), "no");
    assert.equal(await may("kube-state-metrics", "list", "pods", ["-n", "kube-system"]), "no");
    assert.equal(await may("prometheus", "get", "nodes", ["--subresource=metrics"]), "yes");
    assert.equal(await may("prometheus", "get", "nodes", ["--subresource=proxy"]), "no");
  });

  it("tell of a backup that was taken by hand, and still do when the pod is another", async () => {
    const { full } = await byType(SUCCESS);
    await stack.backup("pgbackrest", "--type=diff", "backup");
    const told = await eventually("the backup is told", 60, async () => {
      const now = await byType(SUCCESS);
      return now.diff !== undefined && now;
    });
    assert.equal(told.full, full);
    const { backup } = JSON.parse(await stack.backup("pgbackrest", "info", "--output=json"))[0];
    assert.equal(told.diff, backup.at(-1).timestamp.stop);
    assert.equal(await one("mcp_mesh_backup_last_size_bytes"), backup.at(0).info.repository.delta);
    const started = Date.now() / 1000;
    await stack.kubectl(["delete", "pod", "postgres-0"]);
    await eventually("the new pod tells the same", 180, async () => {
      const [fresh] = await stack.query(`timestamp(${SUCCESS}{type="diff"})`);
      if (!fresh || fresh.value < started || (await one("pg_up")) !== 1) return false;
      assert.deepEqual(await byType(SUCCESS), told);
      return true;
    });
  });

  it("count the backups that fail", async () => {
    await eventually(
      "a count",
      60,
      async () => (await one("mcp_mesh_backup_failures_total")) === 0,
    );
    await stack.backup("pgbackrest", "stop");
    await stack.backup("rm", "/var/lib/mcp-mesh/repository/last");
    await eventually("the failure is told", 90, async () => {
      return ((await one("mcp_mesh_backup_failures_total")) ?? 0) > 0;
    });
    await stack.backup("pgbackrest", "start");
  });
});
