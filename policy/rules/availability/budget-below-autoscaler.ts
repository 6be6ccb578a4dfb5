import { type BudgetSpec, budget, expectedPods } from "#model/budgets";
import type { StackRule, StackViolation } from "#model/rule";
import { specOf } from "#model/subject";

export const budgetBelowAutoscaler: StackRule = {
  id: "H7",
  name: "budget-below-autoscaler",
  title: "A budget asks for fewer pods than the autoscaler keeps.",
  level: "mandatory",
  severity: "medium",
  why: "While traffic is low the autoscaler runs its minimum; a budget that needs all of it stops drains.",
  fix: "Make minAvailable less than the autoscaler's minReplicas, or write maxUnavailable: 1.",
  checkStack(graph, context) {
    return graph.of(budget).flatMap((subject) =>
      context.attempt((): StackViolation[] => {
        const { minAvailable, maxUnavailable } = specOf<BudgetSpec>(subject);
        if (typeof minAvailable !== "number" || (maxUnavailable ?? undefined) !== undefined)
          return [];
        const expected = expectedPods(graph, subject);
        if (!expected?.autoscaled || minAvailable < expected.count) return [];
        const message = `is ${minAvailable}, but the autoscaler may run ${expected.count}; write less, or maxUnavailable: 1 instead`;
        return [{ subject, path: "spec.minAvailable", message }];
      }),
    );
  },
};
