import type { StackRule, StackViolation } from "#model/rule";
import { autoscalersOf, scalableKinds } from "#model/scaling";
import { isLive, type Subject, shown, specOf } from "#model/subject";

export const replicasOrAutoscaler: StackRule = {
  id: "H11",
  name: "replicas-or-autoscaler",
  title: "Either a workload or its autoscaler sets the number of replicas.",
  level: "mandatory",
  severity: "medium",
  why: "A fixed number undoes the autoscaler's work at each update; with neither, one pod runs.",
  fix: "Leave out spec.replicas where an autoscaler scales the workload, and write it elsewhere.",
  checkStack(graph, context) {
    return graph.of(...scalableKinds).flatMap((subject) =>
      context.attempt((): StackViolation[] => {
        const [scaler] = autoscalersOf(graph, subject);
        const { replicas } = specOf<{ replicas: number }>(subject);
        const path = "spec.replicas";
        if (scaler && isFixed(subject)) {
          const message = `is ${replicas}, but ${shown(scaler)} sets the number; leave it out`;
          return [{ subject, path, message }];
        }
        if (scaler || (replicas ?? undefined) !== undefined) return [];
        const message = "is missing and no autoscaler sets the number; write one";
        return [{ subject, path, message }];
      }),
    );
  },
};

interface Managed {
  operation?: string;
  fieldsV1?: { "f:spec"?: Record<string, unknown> };
}

/** In a live object the server has filled in a number: only an applied one is the stack's. */
function isFixed(subject: Subject): boolean {
  const { replicas } = specOf<{ replicas: number }>(subject);
  if ((replicas ?? undefined) === undefined || !isLive(subject))
    return replicas !== undefined && replicas !== null;
  const { managedFields } = subject.body.metadata as { managedFields?: Managed[] };
  return (managedFields ?? []).some(
    ({ operation, fieldsV1 }) =>
      operation === "Apply" && fieldsV1?.["f:spec"]?.["f:replicas"] !== undefined,
  );
}
