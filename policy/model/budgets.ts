import type { Graph } from "#model/graph";
import type { LabelSelector } from "#model/kubernetes";
import type { Pod } from "#model/pod";
import { autoscalersOf, scalableKinds, scaleOf } from "#model/scaling";
import { matches } from "#model/selector";
import { nameOf, type Subject, specOf } from "#model/subject";

export type IntOrPercent = number | string;

export interface BudgetSpec {
  minAvailable: IntOrPercent;
  maxUnavailable: IntOrPercent;
  selector: LabelSelector;
}

export const budget = "policy/PodDisruptionBudget";

/** The pods of the stack that a budget selects. */
export function podsOf(graph: Graph, subject: Subject): readonly Pod[] {
  const { selector } = specOf<BudgetSpec>(subject);
  // The empty selector matched nothing in v1beta1, and matches all pods of the namespace in v1.
  if (subject.apiVersion.endsWith("/v1beta1") && isEmpty(selector)) return [];
  return graph.podsWith(nameOf(subject).namespace, (labels) => matches(selector, labels));
}

/** The fewest pods that a budget may find, and whether an autoscaler decides that. */
export interface Expected {
  count: number;
  autoscaled: boolean;
}

/** Undefined where the stack does not tell: no pods, or some whose number nobody chooses. */
export function expectedPods(graph: Graph, subject: Subject): Expected | undefined {
  const owners = podsOf(graph, subject).map((pod) => pod.subject);
  if (owners.some(({ groupKind }) => !scalableKinds.includes(groupKind))) return undefined;
  const count = owners.reduce((sum, owner) => sum + scaleOf(graph, owner).min, 0);
  const autoscaled = owners.some((owner) => autoscalersOf(graph, owner).length > 0);
  return count > 0 ? { count, autoscaled } : undefined;
}

/**
 * How many of so many pods may be evicted, as the disruption controller counts: it rounds both
 * percentages up. A budget with neither field allows none.
 */
export function evictionsAllowed(
  { minAvailable, maxUnavailable }: Partial<BudgetSpec>,
  pods: number,
): number {
  if (maxUnavailable !== undefined && maxUnavailable !== null) {
    return Math.min(pods, resolve(maxUnavailable, pods));
  }
  return pods - resolve(minAvailable ?? "100%", pods);
}

/** A number or a percentage of the total, rounded up or down; NaN for anything else. */
export function resolve(value: IntOrPercent, total: number, round = Math.ceil): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  return percent === undefined ? Number.NaN : round((Number(percent) * total) / 100);
}

function isEmpty(selector: LabelSelector | undefined) {
  return Object.values(selector ?? {}).every((part) => Object.keys(part ?? {}).length === 0);
}
