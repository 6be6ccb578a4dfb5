import { type BudgetSpec, budget, evictionsAllowed, expectedPods, podsOf } from "#model/budgets";
import type { Graph } from "#model/graph";
import { type StackRule, type StackViolation, show } from "#model/rule";
import { type Subject, shown, specOf } from "#model/subject";

export const budgetAllowsEviction: StackRule = {
  id: "H5",
  name: "budget-allows-eviction",
  title: "Every PodDisruptionBudget lets at least one pod be evicted.",
  level: "mandatory",
  severity: "high",
  why: "A budget that allows none stops every drain, so nodes can't be patched or scaled down.",
  fix: "Write maxUnavailable: 1, and have each pod selected by one budget only.",
  checkStack(graph, context) {
    const owners = new Map<Subject, Subject>();
    return graph
      .of(budget)
      .flatMap((subject) => [
        ...context.attempt(() => blocking(graph, subject)),
        ...context.attempt(() => overlapping(graph, subject, owners)),
      ]);
  },
};

function blocking(graph: Graph, subject: Subject): StackViolation[] {
  const spec = specOf<BudgetSpec>(subject);
  const expected = expectedPods(graph, subject);
  const field =
    (spec.maxUnavailable ?? undefined) === undefined ? "minAvailable" : "maxUnavailable";
  // H7 compares a number with the autoscaler's minimum; here is what else can be wrong.
  const counted = field === "minAvailable" && typeof spec[field] === "number";
  if (counted && (!expected || expected.autoscaled)) return [];
  // Where the pods are not the stack's, only what blocks any number of them is refused.
  const pods = expected?.count ?? 100;
  if (!(evictionsAllowed(spec, pods) < 1)) return [];
  const of = expected ? `lets none of ${pods} pods be evicted` : "lets no pod be evicted";
  const fix = pods > 1 ? "write maxUnavailable: 1" : "run more replicas, or remove the budget";
  return [
    { subject, path: `spec.${field}`, message: `is ${show(spec[field])}, which ${of}; ${fix}` },
  ];
}

/** The eviction API refuses a pod that two budgets select. */
function overlapping(
  graph: Graph,
  subject: Subject,
  owners: Map<Subject, Subject>,
): StackViolation[] {
  return podsOf(graph, subject).flatMap((pod) => {
    const other = owners.get(pod.subject);
    owners.set(pod.subject, other ?? subject);
    if (!other) return [];
    const message = `selects pods of ${shown(pod.subject)}, as ${shown(other)} does, and a pod with two budgets can't be evicted; keep one`;
    return [{ subject, path: "spec.selector", message }];
  });
}
