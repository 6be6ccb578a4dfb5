import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { KubePrometheusStack, type KubePrometheusStackArgs } from "#components/index";
import { globalPart } from "#config/charts/common";
import { kubePrometheusStack, kubePrometheusStackArgs } from "#config/kube-prometheus-stack";
import { judgeOne } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { fromPulumi } from "#policy/model/subject";
import { opaqueInstallers } from "#policy/rules/pulumi/opaque-installers";
import { one, registered } from "#test/support/mocks";
import { stackNames } from "#test/support/stack-sources";

const RELEASE = "kubernetes:helm.sh/v3:Release";

interface Known {
  keys: string[];
  below: Record<string, Known>;
}
const fixture = JSON.parse(readFileSync("test/fixtures/kube-prometheus-stack.json", "utf8")) as {
  version: string;
  values: Known;
};

type Values = Record<string, any>;

/** What the release is given for these settings of a stack. */
async function released(settings: object = {}) {
  const given = { mode: "kube-prometheus-stack", crds: "release", ...settings };
  const args = kubePrometheusStackArgs(
    kubePrometheusStack.parse(given),
    "mesh",
    { prometheus: "https://prometheus.example", grafana: "https://grafana.example" },
    globalPart.parse({ labels: { team: "mesh" }, storageClass: "fast" }),
  ) as KubePrometheusStackArgs;
  const made = await registered(() => {
    new KubePrometheusStack("kps", args);
  });
  const { inputs } = one(made, RELEASE, "kps");
  return { made, inputs, values: inputs.values as Values };
}

/** The paths of what the chart does not know. */
function unknown(values: Values, known: Known, path: string[] = []): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const below = known.below[key];
    if (below) return unknown(value, below, [...path, key]);
    return known.keys.includes(key) ? [] : [[...path, key].join(".")];
  });
}

describe("KubePrometheusStack", () => {
  it("releases exactly one version of the chart, whose values it knows", async () => {
    const { inputs, values } = await released();
    assert.equal(inputs.version, fixture.version);
    assert.equal(inputs.chart, "kube-prometheus-stack");
    assert.equal(inputs.namespace, "monitoring");
    assert.deepEqual(unknown(values, fixture.values), []);
    assert.deepEqual(unknown({ grafana: { persistense: {} } }, fixture.values), [
      "grafana.persistense",
    ]);
  });

  it("comes from a source that every stack's policies allow, and no other release does", async () => {
    const { inputs } = await released();
    for (const stack of stackNames) {
      const config = JSON.parse(readFileSync(`policy/config.${stack}.json`, "utf8"));
      const judge = (chart: unknown) =>
        fromPulumi(RELEASE, { ...inputs, chart } as KubernetesObject).flatMap((subject) =>
          judgeOne(opaqueInstallers, subject, config["opaque-installers"]),
        );
      assert.deepEqual(judge(inputs.chart), [], stack);
      assert.equal(judge("something-else").length, 1, stack);
    }
  });

  it("installs and upgrades the definitions, or leaves them to whoever has them", async () => {
    const own = await released();
    assert.equal(own.inputs.skipCrds, false);
    assert.deepEqual([own.values.crds.enabled, own.values.crds.upgradeJob.enabled], [true, true]);
    // The chart's own default is "latest".
    assert.match(own.values.crds.upgradeJob.image.busybox.tag, /^\d/);
    const theirs = await released({ crds: "present" });
    assert.equal(theirs.inputs.skipCrds, true);
    const { crds } = theirs.values;
    assert.deepEqual([crds.enabled, crds.upgradeJob.enabled], [false, false]);
  });

  it("counts monitors and rules wherever they are", async () => {
    const { prometheusSpec } = (await released()).values.prometheus;
    const filters = Object.entries(prometheusSpec).filter(([key]) =>
      /NilUsesHelmValues$/.test(key),
    );
    assert.deepEqual(
      filters.map(([, value]) => value),
      [false, false, false, false, false],
    );
  });

  it("keeps what it stores as long as it is told, on volumes that outlive it", async () => {
    const { values } = await released({
      prometheus: { retention: { time: "30d", size: "90GB" }, storage: { size: "120Gi" } },
      grafana: { storage: { size: "9Gi", class: "slow" } },
    });
    const { prometheusSpec } = values.prometheus;
    assert.deepEqual([prometheusSpec.retention, prometheusSpec.retentionSize], ["30d", "90GB"]);
    const { spec } = prometheusSpec.storageSpec.volumeClaimTemplate;
    assert.deepEqual(spec, {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "fast",
      resources: { requests: { storage: "120Gi" } },
    });
    const kept = { whenDeleted: "Retain", whenScaled: "Retain" };
    assert.deepEqual(prometheusSpec.persistentVolumeClaimRetentionPolicy, kept);
    const { alertmanagerSpec } = values.alertmanager;
    assert.deepEqual(alertmanagerSpec.persistentVolumeClaimRetentionPolicy, kept);
    const { persistence } = values.grafana;
    assert.deepEqual(persistence, { enabled: true, size: "9Gi", storageClassName: "slow" });
  });

  it("runs two of each server on different nodes, and one Grafana at a time", async () => {
    const { values } = await released();
    const servers = [values.prometheus.prometheusSpec, values.alertmanager.alertmanagerSpec];
    for (const { replicas, podAntiAffinity } of servers) {
      assert.deepEqual([replicas, podAntiAffinity], [2, "hard"]);
    }
    for (const part of ["prometheus", "alertmanager"]) {
      assert.equal(values[part].podDisruptionBudget.enabled, true);
    }
    assert.equal(values.grafana.deploymentStrategy.type, "Recreate");
  });

  it("routes alerts by the Secret of the chart observability, with the receivers' Secrets as files", async () => {
    const pagerduty = { existingSecret: "pd" };
    const slack = { channel: "#mesh", existingSecret: "sl" };
    const { values } = await released({
      alertmanager: {
        receivers: { critical: { pagerduty, slack } },
        teams: { data: { warning: { slack } } },
      },
    });
    const { useExistingSecret, configSecret, secrets } = values.alertmanager.alertmanagerSpec;
    assert.deepEqual([useExistingSecret, configSecret], [true, "mcp-mesh-alertmanager"]);
    assert.deepEqual(secrets, ["pd", "sl"]);
  });

  it("shows the mesh's dashboards to an admin with a generated password", async () => {
    const { made, values } = await released();
    one(made, "random:index/randomPassword:RandomPassword", "kps-grafana-admin");
    const secret = one(made, "kubernetes:core/v1:Secret", "kps-grafana-admin").inputs;
    assert.equal((secret.metadata as Values).namespace, "monitoring");
    const { existingSecret, userKey, passwordKey } = values.grafana.admin;
    assert.equal(existingSecret, "kps-grafana-admin");
    assert.deepEqual([userKey, passwordKey], ["username", "password"]);
    assert.equal(secret.type, "kubernetes.io/basic-auth");
    assert.doesNotMatch(JSON.stringify(values), /generated/);
    const { searchNamespace, folderAnnotation } = values.grafana.sidecar.dashboards;
    assert.deepEqual(searchNamespace, ["monitoring", "mesh"]);
    assert.equal(folderAnnotation, "grafana_folder");
  });

  it("runs nothing as root or in the nodes' own namespaces, and limits what it runs", async () => {
    const { values } = await released();
    assert.equal(values.nodeExporter.enabled, false);
    assert.equal(values.grafana.initChownData.enabled, false);
    for (const { resources } of [
      values.prometheus.prometheusSpec,
      values.alertmanager.alertmanagerSpec,
      values.grafana,
      values.grafana.sidecar,
      values.prometheusOperator,
      values.prometheusOperator.prometheusConfigReloader,
      values["kube-state-metrics"],
      values.crds.upgradeJob,
    ]) {
      const limited = Object.keys(resources.limits).toSorted();
      assert.deepEqual(limited, ["cpu", "ephemeral-storage", "memory"]);
    }
  });

  it("asks for no targets that a managed cluster hides", async () => {
    const { values } = await released();
    for (const part of ["kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler"]) {
      assert.deepEqual(values[part], { enabled: false });
    }
    assert.equal(values.defaultRules.rules.etcd, false);
  });
});
