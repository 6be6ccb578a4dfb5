import { type ObjectRule, show, violationIf } from "#model/rule";

const kinds = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];
const autoscaler = "HorizontalPodAutoscaler";

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
  check: ({ kind, body, patch }, { settings }) => {
    if (!kinds.includes(kind) && kind !== autoscaler) return [];
    const field = kind === autoscaler ? "minReplicas" : "replicas";
    const replicas = (body.spec as Record<string, number> | undefined)?.[field];
    // A Deployment without a number leaves it to its autoscaler, which is asked by itself.
    if (replicas === undefined && (patch || kind === "Deployment")) return [];
    const minimum = Number(settings.minimum ?? 2);
    return violationIf(
      (replicas ?? 1) < minimum,
      `spec.${field}`,
      `is ${show(replicas)}; write ${minimum} or more`,
    );
  },
};
