import { cel, termSelectsOwnPods } from "#model/admission";
import { list } from "#model/kubernetes";
import { type Pod, podOf } from "#model/pod";
import type { ObjectRule } from "#model/rule";
import { scalableKinds } from "#model/scaling";
import { selectsOwnPods } from "#model/selector";
import { specOf } from "#model/subject";

const hostname = "kubernetes.io/hostname";

export const antiAffinity: ObjectRule = {
  id: "H2",
  name: "anti-affinity",
  title: "Replicas of a workload never share a node.",
  level: "mandatory",
  severity: "high",
  why: "Replicas on one node go down together; a term that selects other pods does not part them.",
  fix: `Add a required podAntiAffinity term on ${hostname} that selects the pod's own labels.`,
  kinds: scalableKinds,
  admission: () => [
    `variables.replicas < 2 || variables.requiredTerms.exists(t,
      t.topologyKey == ${cel(hostname)} && ${termSelectsOwnPods})`,
  ],
  check(subject, context) {
    const pod = podOf(subject);
    if (!pod) return [];
    return context.attempt(() => {
      if (subject.patch && !(pod.spec.affinity && pod.metadata.labels)) return [];
      // Left out, the number is an autoscaler's to set.
      const replicas = specOf<{ replicas: number }>(subject).replicas ?? undefined;
      const problem = replicas === undefined || replicas > 1 ? problemOf(pod) : undefined;
      if (!problem) return [];
      const count = replicas ?? "all";
      const message = `${problem.found}; ${problem.fix}, so that ${count} replicas use as many nodes`;
      return [{ path: `${pod.path}.affinity.podAntiAffinity${problem.path}`, message }];
    });
  },
};

function problemOf(pod: Pod): { path: string; found: string; fix: string } | undefined {
  const rules = pod.spec.affinity?.podAntiAffinity;
  const path = ".requiredDuringSchedulingIgnoredDuringExecution";
  const terms = list(rules?.requiredDuringSchedulingIgnoredDuringExecution);
  const onHostname = terms.filter((term) => term?.topologyKey === hostname);
  if (onHostname.some((term) => selectsOwnPods(term, pod))) return undefined;
  if (onHostname.length > 0) {
    const index = terms.indexOf(onHostname[0] as (typeof terms)[number]);
    return {
      path: `${path}[${Math.max(index, 0)}]`,
      found: "does not select the workload's own pods",
      fix: "make its labelSelector match the template's labels, in the pod's own namespace",
    };
  }
  if (terms.length > 0) {
    return {
      path: `${path}[0].topologyKey`,
      found: `is ${JSON.stringify(terms[0]?.topologyKey)}`,
      fix: `add a term with topologyKey "${hostname}"`,
    };
  }
  const preferred = list(rules?.preferredDuringSchedulingIgnoredDuringExecution).length > 0;
  return {
    path,
    found: preferred ? "is missing, there are only preferred terms" : "is missing",
    fix: `add a term with topologyKey "${hostname}" and the template's labels`,
  };
}
