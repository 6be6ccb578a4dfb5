import { type StackRule, type StackViolation, show } from "#model/rule";
import { type AutoscalerSpec, autoscaler, targetKey, targetOf } from "#model/scaling";
import { type Subject, shown, specOf } from "#model/subject";

export const autoscalerTarget: StackRule = {
  id: "H10",
  name: "autoscaler-target",
  title: "Every autoscaler scales a workload of the stack, which no other scales.",
  level: "mandatory",
  severity: "medium",
  why: "Without its target it scales nothing, and two on one target undo each other's work.",
  fix: "Name an existing workload with its apiVersion and kind in scaleTargetRef, once only.",
  checkStack(graph, context) {
    const taken = new Map<string, Subject>();
    return graph.of(autoscaler).flatMap((subject) =>
      context.attempt((): StackViolation[] => {
        const { apiVersion, kind, name } = specOf<AutoscalerSpec>(subject).scaleTargetRef ?? {};
        if (!targetOf(graph, subject)) {
          const message = `is ${show(name)}, and the stack has no such ${kind} in ${show(apiVersion)} and this namespace; name one that it has`;
          return [{ subject, path: "spec.scaleTargetRef.name", message }];
        }
        const other = taken.get(targetKey(subject));
        if (!other) {
          taken.set(targetKey(subject), subject);
          return [];
        }
        const message = `names the ${kind} ${name}, which ${shown(other)} scales; keep one of them`;
        return [{ subject, path: "spec.scaleTargetRef", message }];
      }),
    );
  },
};
