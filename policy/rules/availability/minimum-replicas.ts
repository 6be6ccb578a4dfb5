import { type ObjectRule, show, violationIf } from "#model/rule";
import { type AutoscalerSpec, autoscaler, scalableKinds } from "#model/scaling";
import { specOf } from "#model/subject";

export const minimumReplicas: ObjectRule = {
  id: "H1",
  name: "minimum-replicas",
  title: "Workloads run in several replicas.",
  level: "mandatory",
  severity: "high",
  why: "A single replica is gone while its node drains, its image rolls or its process restarts.",
  fix: "Set spec.replicas, or the autoscaler's spec.minReplicas, to the stack's minimum or more.",
  settings: {
    minimum: { type: "integer", minimum: 2, default: 2, description: "Fewest replicas allowed." },
  },
  kinds: [...scalableKinds, autoscaler],
  admission: ({ minimum }) => ({
    // Where a workload leaves the number to its autoscaler, the API server has written 1 by now.
    kinds: [autoscaler],
    validations: [`object.spec.?minReplicas.orValue(1) >= ${Number(minimum ?? 2)}`],
  }),
  check(subject, { settings }) {
    const field = subject.groupKind === autoscaler ? "minReplicas" : "replicas";
    const replicas = specOf<AutoscalerSpec & { replicas: number }>(subject)[field] ?? undefined;
    // A workload without a number leaves it to its autoscaler; H11 asks whether it has one.
    if (replicas === undefined && (subject.patch || field === "replicas")) return [];
    const minimum = Number(settings.minimum ?? 2);
    return violationIf(
      (replicas ?? 1) < minimum,
      `spec.${field}`,
      `is ${show(replicas)}; write ${minimum} or more`,
    );
  },
};
