import { type Example, onContainer, onObject, onPod, type PodExample, set } from "#examples/mesh";

export const resourceExamples: (Example | PodExample)[] = [
  onContainer("no CPU request", ["R1"], "resources.requests.cpu", (c) =>
    set(c.resources?.requests, { cpu: undefined }),
  ),
  onContainer("a memory limit of 0", ["R1"], "resources.limits.memory", (c) =>
    set(c.resources?.limits, { memory: 0 }),
  ),
  onContainer("no limit for the node's disk", ["R3"], "resources.limits.ephemeral-storage", (c) =>
    set(c.resources?.limits, { "ephemeral-storage": undefined }),
  ),
  onPod("an emptyDir without a limit", ["R3"], "spec.volumes[0].emptyDir.sizeLimit", ({ spec }) =>
    set(spec.volumes[0], { emptyDir: { medium: "Memory" } }),
  ),
  onObject("a namespace without a quota", ["R5"], "Namespace/mesh", "metadata.name", (_, mesh) => {
    delete mesh["ResourceQuota/mesh"];
  }),
  onObject("a namespace without limits", ["R6"], "Namespace/mesh", "metadata.name", (_, mesh) => {
    delete mesh["LimitRange/mesh"];
  }),
  onObject(
    "a quota that the autoscaler's maximum exceeds",
    ["R7"],
    "ResourceQuota/mesh",
    'spec.hard["limits.cpu"]',
    ({ spec }) => set(spec.hard, { "limits.cpu": 6 }),
  ),
  onObject(
    "a quota with no room for an update",
    ["R7"],
    "ResourceQuota/mesh",
    "spec.hard.pods",
    ({ spec }) => set(spec.hard, { pods: 8 }),
  ),
  onObject(
    "fewer connections than the pools open",
    ["R8"],
    "StatefulSet/db",
    "spec.template.spec.containers[0].args[1]",
    ({ spec }) => set(spec.template.spec.containers[0], { args: ["-c", "max_connections=32"] }),
  ),
];
