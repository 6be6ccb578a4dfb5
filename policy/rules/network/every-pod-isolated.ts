import { namespaceOf } from "#model/graph";
import { Network } from "#model/network";
import { directions } from "#model/network-policy";
import type { StackRule } from "#model/rule";

export const everyPodIsolated: StackRule = {
  id: "N1",
  name: "every-pod-isolated",
  title: "Every pod is selected for ingress and for egress by a NetworkPolicy of its namespace.",
  level: "mandatory",
  severity: "high",
  why: "A pod that no policy selects may be called by, and may call, everything.",
  fix: "Add a NetworkPolicy that selects the pod's labels, with policyTypes Ingress and Egress.",
  checkStack(graph, { attempt }) {
    const network = new Network(graph);
    return network.pods.flatMap((pod) =>
      attempt(() => {
        const open = directions.filter((each) => network.closing(pod, each).length === 0);
        const message = `are selected for ${open.join(" and ")} by no NetworkPolicy of namespace ${namespaceOf(pod.subject)}; add one`;
        const path = `${pod.metadataPath}.labels`;
        return open.length > 0 ? [{ subject: pod.subject, path, message }] : [];
      }),
    );
  },
};
