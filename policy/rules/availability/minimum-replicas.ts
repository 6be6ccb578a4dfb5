import { type Rule, show, violationIf } from "#model/rule";

const kinds = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];

export const minimumReplicas: Rule = {
  id: "H1",
  name: "minimum-replicas",
  title: "Workloads run in several replicas.",
  level: "disabled",
  severity: "high",
  why: "A single replica is gone while its node drains, its image rolls or its process restarts.",
  fix: "Set spec.replicas to the stack's minimum or more.",
  settings: {
    minimum: { type: "integer", minimum: 2, default: 2, description: "Fewest replicas allowed." },
  },
  check: ({ kind, body, patch }, { settings }) => {
    if (!kinds.includes(kind)) return [];
    const replicas = (body.spec as { replicas?: number } | undefined)?.replicas;
    if (patch && replicas === undefined) return [];
    const minimum = Number(settings.minimum ?? 2);
    return violationIf(
      (replicas ?? 1) < minimum,
      "spec.replicas",
      `is ${show(replicas)}; write ${minimum} or more`,
    );
  },
};
