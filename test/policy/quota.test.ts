import assert from "node:assert/strict";
import { violationsIn } from "./support/objects.ts";

const resources = {
  requests: { cpu: "100m", memory: "1Gi", "ephemeral-storage": "1Gi" },
  limits: { cpu: "200m", memory: "2Gi", "ephemeral-storage": "2Gi" },
};
const template = { spec: { containers: [{ name: "c", resources }] } };

function workload(kind: string, spec: object, namespace = "n") {
  const apiVersion = kind.endsWith("Job") ? "batch/v1" : "apps/v1";
  const jobTemplate = kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return {
    apiVersion,
    kind,
    metadata: { name: "w", namespace },
    spec: { ...jobTemplate, ...spec },
  };
}

function quota(hard: object, more: object = {}, namespace?: string) {
  const metadata = { name: "q", namespace: namespace ?? "n" };
  return { apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard, ...more } };
}

const exceeded = (objects: object[], settings: object = {}) =>
  violationsIn(objects, { "fits-quota": { ...settings } }).paths.R7 ?? [];

describe("a quota", () => {
  /** Fits exactly that many pods, and not one less. */
  const takes = (count: number, objects: object[], settings = {}) => {
    assert.deepEqual(exceeded([...objects, quota({ pods: count })], settings), []);
    assert.deepEqual(exceeded([...objects, quota({ pods: count - 1 })], settings), [
      "spec.hard.pods",
    ]);
  };
  const autoscaler = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "a", namespace: "n" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "w" },
      maxReplicas: 8,
    },
  };
  const rolling = (maxSurge: unknown) => ({ strategy: { rollingUpdate: { maxSurge } } });

  it("counts a Deployment with its surge", () => {
    takes(5, [workload("Deployment", { replicas: 4 })]);
    takes(2, [workload("Deployment", {})]);
    takes(7, [workload("Deployment", { replicas: 4, ...rolling(3) })]);
    takes(6, [workload("Deployment", { replicas: 4, ...rolling("30%") })]);
    takes(4, [workload("Deployment", { replicas: 4, ...rolling(0) })]);
    takes(4, [workload("Deployment", { replicas: 4, strategy: { type: "Recreate" } })]);
  });
  it("counts what an autoscaler may ask for", () => {
    takes(9, [workload("Deployment", { ...rolling(1) }), autoscaler]);
    takes(10, [workload("Deployment", {}), autoscaler]);
  });
  it("counts other kinds without a surge", () => {
    takes(3, [workload("StatefulSet", { replicas: 3, ...rolling(1) })]);
    takes(2, [workload("Job", { parallelism: 2 })]);
    takes(1, [workload("CronJob", {})]);
    takes(4, [workload("StatefulSet", { replicas: 3 }), workload("Job", {})]);
  });
  it("counts a DaemonSet on as many nodes as the setting says", () => {
    const surging = { updateStrategy: { rollingUpdate: { maxSurge: 2 } } };
    takes(1, [workload("DaemonSet", {})]);
    takes(5, [workload("DaemonSet", {})], { nodes: 5 });
    takes(7, [workload("DaemonSet", surging)], { nodes: 5 });
  });

  const four = [workload("StatefulSet", { replicas: 4 })];
  for (const [key, enough, less] of [
    ["requests.cpu", "400m", "399m"],
    ["cpu", "400m", "399m"],
    ["limits.cpu", "800m", "0.799"],
    ["requests.memory", "4Gi", "4095Mi"],
    ["memory", "4Gi", "4095Mi"],
    ["limits.memory", "8Gi", "8G"],
    ["requests.ephemeral-storage", "4Gi", "3Gi"],
    ["ephemeral-storage", "4Gi", "3Gi"],
    ["limits.ephemeral-storage", "8Gi", "7Gi"],
    ["count/pods", 4, 3],
  ] as const) {
    it(`of ${key} is compared with the sum over all pods`, () => {
      assert.deepEqual(exceeded([...four, quota({ [key]: enough })]), []);
      const path = /[./]/.test(key) ? `spec.hard["${key}"]` : `spec.hard.${key}`;
      assert.deepEqual(exceeded([...four, quota({ [key]: less })]), [path]);
    });
  }

  it("takes the LimitRange's defaults for containers that say nothing", () => {
    const bare = {
      ...workload("StatefulSet", { template: { spec: { containers: [{ name: "c" }] } } }),
    };
    const range = (namespace: string) => ({
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "l", namespace },
      spec: { limits: [{ type: "Pod" }, { type: "Container", default: { cpu: "2" } }] },
    });
    const small = quota({ "limits.cpu": 1 });
    assert.deepEqual(exceeded([bare, small]), []);
    assert.deepEqual(exceeded([bare, small, range("n")]), ['spec.hard["limits.cpu"]']);
    assert.deepEqual(exceeded([bare, small, range("other")]), []);
  });
  it("says nothing of other namespaces, of other resources and where its scope is open", () => {
    assert.deepEqual(exceeded([...four, quota({ pods: 1 }, {}, "other")]), []);
    assert.deepEqual(exceeded([...four, quota({ "count/secrets": 1, services: 0 })]), []);
    assert.deepEqual(exceeded([...four, quota({ "xlimits.cpu": 1, "limits.cpux": 1 })]), []);
    assert.deepEqual(exceeded([...four, quota({ pods: 1 }, { scopes: ["BestEffort"] })]), []);
    assert.deepEqual(exceeded([...four, quota({ pods: 1 }, { scopeSelector: {} })]), []);
    assert.deepEqual(exceeded([...four, quota({ pods: "many" })]), []);
    assert.deepEqual(exceeded([...four, { ...quota({}), spec: null }]), []);
  });
});
