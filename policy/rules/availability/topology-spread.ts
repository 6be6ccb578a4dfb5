import { cel, termSelectsOwnPods, termSelectsSiblings } from "#model/admission";
import { list } from "#model/kubernetes";
import { type Pod, podOf } from "#model/pod";
import type { ObjectRule, Violation } from "#model/rule";
import { scalableKinds } from "#model/scaling";
import { selectsOwnPods, selectsSiblings } from "#model/selector";
import { specOf } from "#model/subject";

const zone = "topology.kubernetes.io/zone";

export const topologySpread: ObjectRule = {
  id: "H3",
  name: "topology-spread",
  title: "Replicas of a workload are spread over zones.",
  level: "mandatory",
  severity: "high",
  why: "Replicas in one zone go down together; a constraint that selects other pods spreads those.",
  fix: `Add a topologySpreadConstraint on ${zone} that selects the pod's own labels.`,
  settings: {
    topologyKeys: {
      type: "array",
      items: { type: "string" },
      default: [zone],
      description:
        "Node labels to spread over, by a constraint or anti-affinity. H2 sees to host names.",
    },
  },
  kinds: scalableKinds,
  admission: ({ topologyKeys }) => [
    `variables.replicas < 2 || ${cel(list((topologyKeys as string[] | undefined) ?? [zone]))}.all(key,
      variables.requiredTerms.exists(t, t.topologyKey == key && ${termSelectsOwnPods}) ||
      variables.podSpec.?topologySpreadConstraints.orValue([]).exists(t,
        t.topologyKey == key && ${termSelectsSiblings} && t.?maxSkew.orValue(1) < variables.replicas))`,
  ],
  check(subject, context) {
    const pod = podOf(subject);
    if (!pod) return [];
    return context.attempt(() => {
      if (subject.patch && !(pod.spec.topologySpreadConstraints && pod.metadata.labels)) return [];
      // Left out, the number is an autoscaler's to set.
      const replicas = specOf<{ replicas: number }>(subject).replicas ?? Number.POSITIVE_INFINITY;
      if (replicas < 2) return [];
      const keys = list((context.settings.topologyKeys as string[] | undefined) ?? [zone]);
      return keys.flatMap((key) => problemOf(pod, key, replicas));
    });
  },
};

function problemOf(pod: Pod, key: string, replicas: number): Violation[] {
  const terms = list(
    pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
  );
  if (terms.some((term) => term?.topologyKey === key && selectsOwnPods(term, pod))) return [];
  const path = `${pod.path}.topologySpreadConstraints`;
  const problems = list(pod.spec.topologySpreadConstraints).flatMap((constraint, index) => {
    if (constraint?.topologyKey !== key) return [];
    if (!selectsSiblings(constraint, pod)) {
      const message =
        "does not select the workload's own pods; make its labelSelector match the template's labels";
      return [{ path: `${path}[${index}].labelSelector`, message }];
    }
    const { maxSkew = 1 } = constraint;
    if (maxSkew < replicas) return [undefined];
    const message = `is ${maxSkew}, which lets all ${replicas} replicas share a ${key}; write 1`;
    return [{ path: `${path}[${index}].maxSkew`, message }];
  });
  if (problems.includes(undefined)) return [];
  const message = `has no constraint on ${key}; add one with the template's labels`;
  return [problems[0] ?? { path, message }];
}
