import type { Path } from "#config/problems";
import { canonicalQuantity, parseQuantity } from "#config/quantity";
import type { StackSettings } from "#config/schema";
import type { Amounts, Resources } from "#config/shapes";

/** Pods of one kind at their most: while an update runs, it has one more than its replicas. */
export interface Workload {
  name: string;
  pods: number;
  resources: Resources;
}

/**
 * What the stack would use beyond its own guardrails. A quota that is too small is no error to
 * Kubernetes: the pods just never come, so it is found out here.
 */
export function overBudget(
  guardrails: StackSettings["guardrails"],
  workloads: readonly Workload[],
  volumes: readonly string[],
): { path: Path; message: string }[] {
  const { quota, containers } = guardrails;
  const needs: Record<string, bigint> = {
    pods: workloads.reduce((sum, { pods }) => sum + BigInt(pods) * 1000n, 0n),
    "requests.storage": volumes.reduce((sum, size) => sum + parseQuantity(size)!, 0n),
  };
  const problems: { path: Path; message: string }[] = [];
  for (const { name, pods, resources } of workloads) {
    for (const kind of ["requests", "limits"] as const) {
      for (const [unit, amount] of Object.entries(resources[kind])) {
        const key = `${kind}.${unit}`;
        needs[key] = (needs[key] ?? 0n) + BigInt(pods) * parseQuantity(amount)!;
      }
    }
    for (const [unit, limit] of Object.entries(resources.limits)) {
      const most = containers.max[unit as keyof Amounts];
      if (parseQuantity(limit)! <= parseQuantity(most)!) continue;
      problems.push({
        path: ["guardrails", "containers", "max", unit],
        message: `found ${most}, but ${name} has a limit of ${limit}; raise one or lower the other`,
      });
    }
  }
  for (const [key, need] of Object.entries(needs)) {
    const given = quota[key as keyof typeof quota];
    if (need <= parseQuantity(given)!) continue;
    const amount = canonicalQuantity(`${need}m`);
    problems.push({
      path: ["guardrails", "quota", key],
      message: `found ${given}, but the stack uses up to ${readable(amount, given)} while it updates; raise it`,
    });
  }
  return problems;
}

/** The amount in the unit family of the quota that it is compared with. */
function readable(amount: string, like: string): string {
  const value = parseQuantity(amount)!;
  if (!like.endsWith("i")) return amount;
  return canonicalQuantity(`${(value + (1000n << 20n) - 1n) / (1000n << 20n)}Mi`);
}
