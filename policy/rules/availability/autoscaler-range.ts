import { type ObjectRule, show, violationIf } from "#model/rule";
import { type AutoscalerSpec, autoscaler } from "#model/scaling";
import { specOf } from "#model/subject";

export const autoscalerRange: ObjectRule = {
  id: "H9",
  name: "autoscaler-range",
  title: "An autoscaler has room to scale, up to a cap.",
  level: "mandatory",
  severity: "medium",
  why: "With the maximum at its minimum it never scales; without a cap a loop can fill the cluster.",
  fix: "Set spec.maxReplicas above spec.minReplicas, and to the stack's maximum at most.",
  settings: {
    maximum: { type: "integer", minimum: 2, default: 50, description: "Most replicas allowed." },
  },
  kinds: [autoscaler],
  admission: ({ maximum }) => [
    `object.spec.maxReplicas > object.spec.?minReplicas.orValue(1)`,
    `object.spec.maxReplicas <= ${Number(maximum ?? 50)}`,
  ],
  check(subject, { settings }) {
    // Whether the minimum itself is enough is H1's question.
    const { minReplicas, maxReplicas } = specOf<AutoscalerSpec>(subject);
    const path = "spec.maxReplicas";
    const maximum = Number(settings.maximum ?? 50);
    if ((maxReplicas ?? undefined) === undefined) {
      const message = `is missing; write a number above minReplicas, ${maximum} at most`;
      return violationIf(!subject.patch, path, message);
    }
    if (subject.patch && minReplicas === undefined) {
      return violationIf(Number(maxReplicas) > maximum, path, capped(maxReplicas, maximum));
    }
    const least = minReplicas ?? 1;
    const narrow = `is ${show(maxReplicas)} with minReplicas ${least}; write more than that`;
    return [
      ...violationIf(Number(maxReplicas) <= least, path, narrow),
      ...violationIf(Number(maxReplicas) > maximum, path, capped(maxReplicas, maximum)),
    ];
  },
};

function capped(found: number | undefined, maximum: number) {
  return `is ${show(found)}; write ${maximum} or less`;
}
