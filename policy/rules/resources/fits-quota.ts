import { type Defaults, mostPods, podDemand } from "#model/demand";
import type { Graph } from "#model/graph";
import { list } from "#model/kubernetes";
import { knownNamespace } from "#model/namespace-rule";
import type { Pod } from "#model/pod";
import { parseQuantity, showQuantity } from "#model/quantity";
import { type StackRule, type StackViolation, show } from "#model/rule";
import { type Subject, specOf } from "#model/subject";

interface Quota {
  hard: Record<string, string | number>;
  scopes: string[];
  scopeSelector: object;
}

export const fitsQuota: StackRule = {
  id: "R7",
  name: "fits-quota",
  title: "All workloads at their most, while updates run, stay within their namespace's quota.",
  level: "mandatory",
  severity: "high",
  why: "Pods beyond the quota never come, so scaling or a rollout stops just when it is needed.",
  fix: "Raise the quota in spec.hard, or lower maxReplicas, maxSurge, requests or limits.",
  settings: {
    nodes: {
      type: "integer",
      minimum: 1,
      default: 1,
      description: "On how many nodes a DaemonSet runs its pods.",
    },
  },
  checkStack(graph, context) {
    const nodes = Number(context.settings.nodes ?? 1);
    return graph
      .of("ResourceQuota")
      .flatMap((quota) => context.attempt(() => judge(graph, quota, nodes)));
  },
};

function judge(graph: Graph, subject: Subject, nodes: number): StackViolation[] {
  const { hard = {}, scopes, scopeSelector } = specOf<Quota>(subject);
  // Which pods a scope counts is decided at run time: priority, deadline, quality of service.
  if (list(scopes).length > 0 || scopeSelector) return [];
  const namespace = knownNamespace(subject);
  const pods = (contentsOf(graph).pods.get(namespace) ?? []).map((pod) => ({
    pod,
    count: BigInt(mostPods(graph, pod, nodes)),
  }));
  const given = defaultsIn(graph, namespace);
  return Object.entries(hard ?? {}).flatMap(([key, most]) => {
    const limit = parseQuantity(most);
    if (limit === undefined) return [];
    const one = perPod(key);
    if (!one) return [];
    const need = pods.reduce((sum, { pod, count }) => sum + count * one(pod, given), 0n);
    if (need <= limit) return [];
    const shown = showQuantity(need, most);
    const message = `is ${show(most)}, but the workloads use up to ${shown} at their autoscalers' maximum and while they update; raise it to that or lower what they use`;
    return [
      {
        subject,
        path: `spec.hard${key.includes(".") || key.includes("/") ? `["${key}"]` : `.${key}`}`,
        message,
      },
    ];
  });
}

interface Contents {
  pods: Map<string, Pod[]>;
  ranges: Map<string, Subject[]>;
}

const contents = new WeakMap<Graph, Contents>();

/** Pods and limits by namespace: a large stack has many quotas. */
function contentsOf(graph: Graph): Contents {
  const found = contents.get(graph) ?? {
    pods: Map.groupBy(graph.pods, ({ subject }) => knownNamespace(subject)),
    ranges: Map.groupBy(graph.of("LimitRange"), knownNamespace),
  };
  contents.set(graph, found);
  return found;
}

type PerPod = (pod: Parameters<typeof podDemand>[0], given: Defaults) => bigint;

/** What a key of a quota counts for one pod; undefined where it counts something else. */
function perPod(key: string): PerPod | undefined {
  if (key === "pods" || key === "count/pods") return () => 10n ** 9n;
  // Without a prefix, a resource stands for what is requested of it.
  const [, field = "requests", resource = ""] =
    /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(key) ?? [];
  if (!resource) return undefined;
  return (pod, given) => podDemand(pod, field as "requests" | "limits", resource, given);
}

function defaultsIn(graph: Graph, namespace: string): Defaults {
  const limits = (contentsOf(graph).ranges.get(namespace) ?? []).flatMap((subject) =>
    list(specOf<{ limits: (Defaults & { type?: string })[] }>(subject).limits),
  );
  return limits.find((limit) => limit?.type === "Container") ?? {};
}
