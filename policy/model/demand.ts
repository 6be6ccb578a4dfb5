import { type IntOrPercent, resolve } from "#model/budgets";
import type { Graph } from "#model/graph";
import { type Container, list, type Resources } from "#model/kubernetes";
import type { Pod } from "#model/pod";
import { parseQuantity } from "#model/quantity";
import { scaleOf } from "#model/scaling";
import { type Subject, specOf } from "#model/subject";

/** What a LimitRange gives containers that say nothing. */
export interface Defaults {
  default?: Resources["limits"];
  defaultRequest?: Resources["requests"];
}

type Field = "requests" | "limits";

/** The pods of a workload at their most: its autoscaler's maximum, and the surge of an update. */
export function mostPods(graph: Graph, { subject }: Pod, nodes: number): number {
  const { kind } = subject;
  const most = kind === "DaemonSet" ? nodes : scaleOf(graph, subject).max;
  const all = Math.ceil(most + surge(subject, most));
  // What is no number, the API server refuses.
  return all > 0 ? all : 0;
}

function surge(subject: Subject, pods: number): number {
  type Update = { type?: string; rollingUpdate?: { maxSurge?: IntOrPercent } };
  const { strategy, updateStrategy } =
    specOf<Record<"strategy" | "updateStrategy", Update>>(subject);
  if (subject.kind === "DaemonSet")
    return resolve(updateStrategy?.rollingUpdate?.maxSurge ?? 0, pods);
  if (subject.kind !== "Deployment" || strategy?.type === "Recreate") return 0;
  return resolve(strategy?.rollingUpdate?.maxSurge ?? "25%", pods);
}

/**
 * What a quota counts for one pod of one resource: its containers together, or more if an init
 * container needs more than those that run beside it; what is set for the whole pod replaces that.
 */
export function podDemand({ spec }: Pod, field: Field, resource: string, given: Defaults): bigint {
  const of = (container: Container) => amount(container?.resources, field, resource, given);
  let beside = 0n;
  let peak = 0n;
  for (const container of list(spec.initContainers)) {
    if (container?.restartPolicy === "Always") beside += of(container);
    const running = container?.restartPolicy === "Always" ? beside : beside + of(container);
    if (running > peak) peak = running;
  }
  const together = list(spec.containers).reduce((sum, container) => sum + of(container), beside);
  const own = parseQuantity(spec.resources?.[field]?.[resource]);
  const overhead = parseQuantity(spec.overhead?.[resource]) ?? 0n;
  return (own ?? (together > peak ? together : peak)) + overhead;
}

function amount(own: Resources | undefined, field: Field, resource: string, given: Defaults) {
  const limit = parseQuantity(own?.limits?.[resource]);
  const defaultLimit = parseQuantity(given.default?.[resource]);
  if (field === "limits") return limit ?? defaultLimit ?? 0n;
  const request = parseQuantity(own?.requests?.[resource]);
  // The API server takes a missing request from the container's own limit before any default.
  return request ?? limit ?? parseQuantity(given.defaultRequest?.[resource]) ?? defaultLimit ?? 0n;
}
