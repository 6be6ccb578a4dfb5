import { type Example, type Mesh, onObject, onPod, type PodExample, set } from "#examples/mesh";

const pod = "spec.template.spec";

export const availabilityExamples: (Example | PodExample)[] = [
  onObject("one replica", ["H1"], "Deployment/web", "spec.replicas", ({ spec }) =>
    set(spec, { replicas: 1 }),
  ),
  onObject(
    "one replica while traffic is low",
    ["H1"],
    "HorizontalPodAutoscaler/api",
    "spec.minReplicas",
    ({ spec }, mesh) => {
      set(spec, { minReplicas: 1 });
      delete mesh["PodDisruptionBudget/api"];
    },
  ),
  onObject(
    "no anti-affinity",
    ["H2"],
    "Deployment/web",
    `${pod}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution`,
    ({ spec }) => set(spec.template.spec, { affinity: {} }),
  ),
  onObject(
    "anti-affinity to other pods",
    ["H2"],
    "Deployment/web",
    `${pod}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]`,
    ({ spec: { template } }) => {
      const { podAntiAffinity } = template.spec.affinity;
      const [term] = podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
      set(term.labelSelector, { matchLabels: { app: "web" } });
    },
  ),
  onObject(
    "replicas in one zone",
    ["H3"],
    "Deployment/web",
    `${pod}.topologySpreadConstraints`,
    ({ spec }) => set(spec.template.spec, { topologySpreadConstraints: [] }),
  ),
  onObject(
    "other pods spread over zones",
    ["H3"],
    "Deployment/web",
    `${pod}.topologySpreadConstraints[0].labelSelector`,
    ({ spec }) =>
      set(spec.template.spec.topologySpreadConstraints[0], {
        labelSelector: { matchLabels: { app: "web" } },
      }),
  ),
  onObject("no budget", ["H4"], "Deployment/web", "spec.template.metadata.labels", (_web, mesh) => {
    delete mesh["PodDisruptionBudget/web"];
  }),
  onObject(
    "a budget that allows nothing",
    ["H5"],
    "PodDisruptionBudget/web",
    "spec.maxUnavailable",
    ({ spec }) => set(spec, { maxUnavailable: 0 }),
  ),
  onObject(
    "a budget that needs every replica",
    ["H5"],
    "PodDisruptionBudget/db",
    "spec.minAvailable",
    ({ spec }) => set(spec, { maxUnavailable: undefined, minAvailable: "51%" }),
  ),
  onObject(
    "two budgets for a pod",
    ["H5"],
    "PodDisruptionBudget/db",
    "spec.selector",
    ({ spec }, mesh) => {
      set(spec, { selector: {} });
      delete mesh["PodDisruptionBudget/api"];
    },
  ),
  onObject(
    "a budget of the autoscaler's minimum",
    ["H7"],
    "PodDisruptionBudget/api",
    "spec.minAvailable",
    ({ spec }) => set(spec, { maxUnavailable: undefined, minAvailable: 2 }),
  ),
  onObject("all replicas recreated", ["H8"], "Deployment/web", "spec.strategy.type", ({ spec }) =>
    set(spec, { strategy: { type: "Recreate" } }),
  ),
  onObject("updates by hand", ["H8"], "StatefulSet/db", "spec.updateStrategy.type", ({ spec }) =>
    set(spec, { updateStrategy: { type: "OnDelete" } }),
  ),
  onObject(
    "all replicas replaced at once",
    ["H8"],
    "Deployment/web",
    "spec.strategy.rollingUpdate.maxUnavailable",
    ({ spec }) => set(spec.strategy.rollingUpdate, { maxUnavailable: "100%" }),
  ),
  onObject(
    "no replica replaced ever",
    ["H8"],
    "Deployment/web",
    "spec.strategy.rollingUpdate.maxUnavailable",
    ({ spec }) => set(spec.strategy.rollingUpdate, { maxSurge: 0 }),
  ),
  onObject(
    "an autoscaler without room",
    ["H9"],
    "HorizontalPodAutoscaler/api",
    "spec.maxReplicas",
    ({ spec }) => set(spec, { maxReplicas: 2 }),
  ),
  {
    ...onObject(
      "an autoscaler with too much room",
      ["H9"],
      "HorizontalPodAutoscaler/api",
      "spec.maxReplicas",
      ({ spec }) => set(spec, { maxReplicas: 5 }),
    ),
    settings: { "autoscaler-range": { maximum: 4 } },
  },
  onObject(
    "an autoscaler without a target",
    ["H10"],
    "HorizontalPodAutoscaler/spare",
    "spec.scaleTargetRef.name",
    (_spare, mesh) => addAutoscaler(mesh, "shop"),
  ),
  onObject(
    "two autoscalers for one target",
    ["H10"],
    "HorizontalPodAutoscaler/spare",
    "spec.scaleTargetRef",
    (_spare, mesh) => addAutoscaler(mesh, "api"),
  ),
  onObject(
    "a fixed number under an autoscaler",
    ["H11"],
    "Deployment/api",
    "spec.replicas",
    ({ spec }) => set(spec, { replicas: 2 }),
  ),
  onObject(
    "a number that nobody sets",
    ["H11"],
    "StatefulSet/db",
    "spec.replicas",
    ({ spec }, mesh) => {
      set(spec, { replicas: undefined });
      delete mesh["PodDisruptionBudget/db"];
    },
  ),
  onObject("a bare ReplicaSet", ["H13"], "ReplicaSet/web", "kind", (_set, mesh) => {
    const { strategy, ...spec } = (mesh["Deployment/web"]?.spec ?? {}) as Record<string, unknown>;
    mesh["ReplicaSet/web"] = { ...mesh["Deployment/web"], kind: "ReplicaSet", spec };
    delete mesh["Deployment/web"];
  }),
  onObject("a selector of other pods", ["H14"], "Deployment/web", "spec.selector", ({ spec }) =>
    set(spec.selector, { matchLabels: { app: "web" } }),
  ),
  onObject("no Service of its own", ["H15"], "StatefulSet/db", "spec.serviceName", ({ spec }) =>
    set(spec, { serviceName: "postgres" }),
  ),
  onObject(
    "a Service that hides the pods",
    ["H15"],
    "StatefulSet/db",
    "spec.serviceName",
    (_db, mesh) => set(mesh["Service/db"]?.spec, { clusterIP: undefined }),
  ),
  onPod("a node by name", ["H17"], "spec.nodeName", ({ spec }) =>
    set(spec, { nodeName: "node-1" }),
  ),
  onPod("the control plane", ["H17"], "spec.tolerations[0].key", ({ spec }) =>
    set(spec, {
      tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }],
    }),
  ),
  onPod("every node", ["H17"], "spec.tolerations[0]", ({ spec }) =>
    set(spec, { tolerations: [{ operator: "Exists" }] }),
  ),
  onObject(
    "sessions in any of several pods",
    ["H18"],
    "Deployment/web",
    "spec.replicas",
    ({ metadata }) =>
      set(metadata, { annotations: { "policy.mcp-mesh.dev/profile": "sessionful" } }),
  ),
];

function addAutoscaler(mesh: Mesh, target: string) {
  const { metadata, ...api } = structuredClone(mesh["HorizontalPodAutoscaler/api"] ?? {});
  set((api.spec as { scaleTargetRef: object } | undefined)?.scaleTargetRef, { name: target });
  const labels = { ...metadata?.labels, "app.kubernetes.io/name": "spare" };
  mesh["HorizontalPodAutoscaler/spare"] = {
    ...api,
    metadata: { ...metadata, name: "spare", labels },
  };
}
