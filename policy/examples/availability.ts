import { type Example, onObject, type PodExample, set } from "#examples/mesh";

export const availabilityExamples: (Example | PodExample)[] = [
  onObject("one replica", ["H1"], "Deployment/web", "spec.replicas", ({ spec }) =>
    set(spec, { replicas: 1 }),
  ),
  onObject(
    "no anti-affinity",
    ["H2"],
    "Deployment/web",
    "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
    ({ spec }) => set(spec.template.spec, { affinity: {} }),
  ),
];
