import type { Graph } from "#model/graph";
import { nameOf, type Subject, specOf } from "#model/subject";

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
/** Group and kind of the workloads whose number of pods can be chosen. */
export const scalableKinds: readonly string[] = scalable.flatMap((kind) => [
  kind,
  `apps/${kind}`,
  `extensions/${kind}`,
]);

export const autoscaler = "autoscaling/HorizontalPodAutoscaler";
const autoscalers = new WeakMap<Graph, Map<string, Subject[]>>();

/** The number of pods of a workload: its autoscaler's, else its own. A DaemonSet counts as one pod. */
export function scaleOf(graph: Graph, subject: Subject): Scale {
  const [first] = autoscalersOf(graph, subject);
  if (first) {
    const { minReplicas, maxReplicas } = specOf<AutoscalerSpec>(first);
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

/** The object that an autoscaler names as its target. */
export function targetOf(graph: Graph, autoscaler: Subject): Subject | undefined {
  const { group, kind, namespace, name } = refOf(autoscaler);
  // Deployments were served as `extensions` too, and are the same objects as in `apps`.
  const groups = group === "apps" ? ["apps", "extensions"] : [group];
  return groups
    .map((each) => graph.find(each ? `${each}/${kind}` : kind, namespace, name))
    .find((target) => target !== undefined);
}

/** What names an autoscaler's target: the same for two that scale the same workload. */
export function targetKey(autoscaler: Subject): string {
  const { group, kind, namespace, name } = refOf(autoscaler);
  return keyOf(group, kind, namespace, name);
}

function refOf(autoscaler: Subject) {
  const ref = specOf<AutoscalerSpec>(autoscaler).scaleTargetRef ?? {};
  const group = groupOf(ref.apiVersion ?? "").replace("extensions", "apps");
  const { namespace } = nameOf(autoscaler);
  return { group, kind: ref.kind ?? "", namespace, name: ref.name ?? "" };
}

function ownCount({ kind, body }: Subject): number {
  const spec = (body.spec ?? {}) as Record<string, unknown>;
  if (scalable.includes(kind)) return Number(spec.replicas ?? 1);
  const jobTemplate = (spec.jobTemplate ?? {}) as { spec?: Record<string, unknown> };
  if (kind === "Job") return Number(spec.parallelism ?? 1);
  return kind === "CronJob" ? Number(jobTemplate.spec?.parallelism ?? 1) : 1;
}

function keyOf(group: string, kind: string, namespace: string, name: string): string {
  return `${group.replace("extensions", "apps")}/${kind} ${namespace || "default"}/${name}`;
}

function groupOf(groupKindOrVersion: string): string {
  const slash = groupKindOrVersion.indexOf("/");
  return slash < 0 ? "" : groupKindOrVersion.slice(0, slash);
}
