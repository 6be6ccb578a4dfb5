import type { Graph } from "#model/graph";
import { nameOf, type Subject } from "#model/subject";

/** How few and how many pods a workload may have, as long as nobody changes the stack. */
export interface Scale {
  min: number;
  max: number;
}

export interface AutoscalerSpec {
  scaleTargetRef?: { apiVersion?: string; kind?: string; name?: string };
  minReplicas?: number;
  maxReplicas?: number;
}

const scalable = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];
const autoscaler = "autoscaling/HorizontalPodAutoscaler";
const autoscalers = new WeakMap<Graph, Map<string, Subject[]>>();

/** Whether Kubernetes runs an object's pods in a number that can be chosen. */
export function isScalable({ groupKind, kind }: Subject): boolean {
  return scalable.includes(kind) && ["", "apps", "extensions"].includes(groupOf(groupKind));
}

/** The number of pods of a workload: its autoscaler's, else its own. A DaemonSet counts as one pod. */
export function scaleOf(graph: Graph, subject: Subject): Scale {
  const [first] = autoscalersOf(graph, subject);
  if (first) {
    const { minReplicas, maxReplicas } = autoscalerSpec(first);
    const min = minReplicas ?? 1;
    return { min, max: maxReplicas ?? min };
  }
  const count = ownCount(subject);
  return { min: count, max: count };
}

/** The autoscalers that name this workload as their target. */
export function autoscalersOf(graph: Graph, subject: Subject): readonly Subject[] {
  let byTarget = autoscalers.get(graph);
  if (!byTarget) {
    byTarget = Map.groupBy(graph.of(autoscaler), targetKey);
    autoscalers.set(graph, byTarget);
  }
  const { namespace, name } = nameOf(subject);
  return byTarget.get(keyOf(groupOf(subject.groupKind), subject.kind, namespace, name)) ?? [];
}

/** The autoscaler's spec, or an empty one. */
export function autoscalerSpec(subject: Subject): AutoscalerSpec {
  return (subject.body.spec ?? {}) as AutoscalerSpec;
}

/** What names an autoscaler's target: the same for two that scale the same workload. */
export function targetKey(subject: Subject): string {
  const { apiVersion = "", kind = "", name = "" } = autoscalerSpec(subject).scaleTargetRef ?? {};
  return keyOf(groupOf(apiVersion), kind, nameOf(subject).namespace, name);
}

function ownCount({ kind, body }: Subject): number {
  const spec = (body.spec ?? {}) as Record<string, unknown>;
  if (scalable.includes(kind)) return Number(spec.replicas ?? 1);
  const jobTemplate = (spec.jobTemplate ?? {}) as { spec?: Record<string, unknown> };
  if (kind === "Job") return Number(spec.parallelism ?? 1);
  return kind === "CronJob" ? Number(jobTemplate.spec?.parallelism ?? 1) : 1;
}

/** Deployments were served as `extensions` too, and are the same objects as in `apps`. */
function keyOf(group: string, kind: string, namespace: string, name: string): string {
  return `${group === "extensions" ? "apps" : group}/${kind} ${namespace || "default"}/${name}`;
}

function groupOf(groupKindOrVersion: string): string {
  const slash = groupKindOrVersion.indexOf("/");
  return slash < 0 ? "" : groupKindOrVersion.slice(0, slash);
}
