import assert from "node:assert/strict";
import { podDemand } from "#policy/model/demand";
import type { Container, PodSpec } from "#policy/model/kubernetes";
import type { Pod } from "#policy/model/pod";
import { parseQuantity, showQuantity } from "#policy/model/quantity";
import { violationsIn } from "./support/objects.ts";

describe("a quantity", () => {
  const billion = 10n ** 9n;
  const cases: [unknown, bigint | undefined][] = [
    ["0", 0n],
    [2, 2n * billion],
    [0.5, billion / 2n],
    ["100m", billion / 10n],
    ["1.5", (billion * 3n) / 2n],
    [".5", billion / 2n],
    ["1.", billion],
    ["+1", billion],
    ["-1", -billion],
    ["1n", 1n],
    ["0.1n", 1n],
    ["3u", 3000n],
    ["2k", 2000n * billion],
    ["1M", 10n ** 6n * billion],
    ["1G", 10n ** 9n * billion],
    ["1T", 10n ** 12n * billion],
    ["1P", 10n ** 15n * billion],
    ["1E", 10n ** 18n * billion],
    ["1Ki", 1024n * billion],
    ["1.5Mi", 1536n * 1024n * billion],
    ["1Gi", 1024n ** 3n * billion],
    ["1Ti", 1024n ** 4n * billion],
    ["1Pi", 1024n ** 5n * billion],
    ["1Ei", 1024n ** 6n * billion],
    ["1e3", 1000n * billion],
    ["12E-1", (billion * 12n) / 10n],
    ["5e+2", 500n * billion],
    ["", undefined],
    ["1 Gi", undefined],
    ["1gi", undefined],
    ["m", undefined],
    ["1K", undefined],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
    [Number.NaN, undefined],
  ];
  for (const [text, value] of cases) {
    it(`${JSON.stringify(text)} is ${value ?? "none"}`, () => {
      assert.equal(parseQuantity(text), value);
    });
  }

  it("is shown in the units that people use, rounded up", () => {
    const shown = (value: string, like: unknown) => showQuantity(parseQuantity(value) ?? 0n, like);
    assert.equal(shown("1500m", "4"), "1500m");
    assert.equal(shown("2000m", 1), "2");
    assert.equal(shown("1u", 1), "1m");
    assert.equal(shown("1Gi", "1Mi"), "1Gi");
    assert.equal(shown("1025Mi", "8Gi"), "1025Mi");
    assert.equal(shown("1", "8Gi"), "1Mi");
  });
});

describe("what a quota counts for a pod", () => {
  const container = (cpu?: string, more: object = {}): Container => ({
    ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }),
    ...more,
  });
  const demand = (spec: PodSpec, field: "requests" | "limits" = "requests", given = {}) =>
    podDemand({ spec } as Pod, field, "cpu", given) / 10n ** 6n;
  const sidecar = { restartPolicy: "Always" };

  it("is the sum of its containers and sidecars", () => {
    const containers = [container("100m"), container("200m")];
    assert.equal(demand({ containers }), 300n);
    assert.equal(demand({ containers, initContainers: [container("50m", sidecar)] }), 350n);
    assert.equal(demand({}), 0n);
  });
  it("is what an init container needs with the sidecars before it, if that is more", () => {
    const containers = [container("100m")];
    const init = container("500m");
    const beside = container("50m", sidecar);
    assert.equal(demand({ containers, initContainers: [init] }), 500n);
    assert.equal(demand({ containers, initContainers: [init, container("400m")] }), 500n);
    assert.equal(demand({ containers, initContainers: [beside, init] }), 550n);
    assert.equal(demand({ containers, initContainers: [init, beside] }), 500n);
    assert.equal(demand({ containers, initContainers: [container("90m")] }), 100n);
  });
  it("is what is set for the whole pod, where that is", () => {
    const spec = { containers: [container("100m")], resources: { requests: { cpu: "1" } } };
    assert.equal(demand(spec), 1000n);
    assert.equal(demand({ ...spec, overhead: { cpu: "10m" } }), 1010n);
  });
  it("takes what is left out from limits first, then from the LimitRange", () => {
    const bare = { containers: [container()] };
    const limited = { containers: [{ resources: { limits: { cpu: "300m" } } }] };
    const given = { default: { cpu: "500m" }, defaultRequest: { cpu: "50m" } };
    assert.equal(demand(bare, "requests", given), 50n);
    assert.equal(demand(bare, "limits", given), 500n);
    assert.equal(demand(bare, "requests", { default: { cpu: "500m" } }), 500n);
    assert.equal(demand(limited, "requests", given), 300n);
    assert.equal(demand(limited, "limits", given), 300n);
    assert.equal(demand({ containers: [container("10m")] }, "limits"), 0n);
  });
});

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

describe("a namespace", () => {
  const guard = (kind: string, spec: unknown, namespace?: string) => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "g", namespace },
    spec,
  });
  const found = (objects: object[]) => {
    const { paths, objects: named } = violationsIn(objects);
    return { R5: paths.R5 ?? [], R6: paths.R6 ?? [], named: named.R5?.[0] };
  };
  const good = [
    guard("ResourceQuota", { hard: { pods: 5 } }, "n"),
    guard(
      "LimitRange",
      { limits: [{ type: "PersistentVolumeClaim" }, { type: "Container" }] },
      "n",
    ),
  ];
  const pod = workload("StatefulSet", {});

  it("with pods has a quota and limits of its own", () => {
    assert.deepEqual(found([pod, ...good]), { R5: [], R6: [], named: undefined });
    const elsewhere = good.map((each) => ({ ...each, metadata: { name: "g", namespace: "m" } }));
    const path = ["metadata.namespace"];
    assert.deepEqual(found([pod, ...elsewhere]), { R5: path, R6: path, named: "StatefulSet/w" });
  });
  it("is named itself where it is part of the stack, once for all its pods", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };
    const path = ["metadata.name"];
    const named = "Namespace/n";
    assert.deepEqual(found([pod, pod, namespace]), { R5: path, R6: path, named });
  });
  it("without pods needs none", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };
    assert.deepEqual(found([namespace]), { R5: [], R6: [], named: undefined });
  });
  it("is called default where an object leaves it out", () => {
    const bare = workload("StatefulSet", {}, "default");
    const guards = good.map((each) => ({ ...each, metadata: { name: "g" } }));
    assert.deepEqual(found([bare, ...guards]), { R5: [], R6: [], named: undefined });
  });
  it("is not guarded by what limits nothing", () => {
    const empty = [
      guard("ResourceQuota", { hard: {} }, "n"),
      guard("LimitRange", { limits: [null, { type: "PersistentVolumeClaim" }] }, "n"),
    ];
    const none = [guard("ResourceQuota", null, "n"), guard("LimitRange", {}, "n")];
    const path = ["metadata.namespace"];
    for (const guards of [empty, none]) {
      assert.deepEqual(found([pod, ...guards]), { R5: path, R6: path, named: "StatefulSet/w" });
    }
  });
});
