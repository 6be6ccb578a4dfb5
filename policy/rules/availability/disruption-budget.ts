import { budget, podsOf } from "#model/budgets";
import { podOf } from "#model/pod";
import type { StackRule, StackViolation } from "#model/rule";
import { scalableKinds, scaleOf } from "#model/scaling";

export const disruptionBudget: StackRule = {
  id: "H4",
  name: "disruption-budget",
  title: "Every workload of several replicas has a PodDisruptionBudget.",
  level: "mandatory",
  severity: "high",
  why: "Without one, draining nodes may evict all replicas at once.",
  fix: "Add a PodDisruptionBudget in the same namespace that selects the pod template's labels.",
  checkStack(graph, context) {
    const covered = new Set(
      graph.of(budget).flatMap((subject) => podsOf(graph, subject).map((pod) => pod.subject)),
    );
    return graph.of(...scalableKinds).flatMap((subject) =>
      context.attempt((): StackViolation[] => {
        const { min } = scaleOf(graph, subject);
        if (min < 2 || covered.has(subject)) return [];
        const path = `${podOf(subject)?.metadataPath}.labels`;
        const message = `are selected by no PodDisruptionBudget; add one for the ${min} replicas`;
        return [{ subject, path, message }];
      }),
    );
  },
};
