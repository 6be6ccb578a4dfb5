import { namespaceOf } from "#model/graph";
import { list } from "#model/kubernetes";
import { closes, type Direction, directions, specOf } from "#model/network-policy";
import type { StackRule } from "#model/rule";
import type { Subject } from "#model/subject";

export const defaultDeny: StackRule = {
  id: "N2",
  name: "default-deny",
  title: "Each namespace that runs pods denies by default, in both directions.",
  level: "mandatory",
  severity: "high",
  why: "What is deployed next is open to everything until somebody writes a policy for it.",
  fix: "Add a NetworkPolicy with an empty podSelector, policyTypes Ingress and Egress, and no rules.",
  checkStack(graph, { attempt }) {
    const running = Map.groupBy(graph.pods, ({ subject }) => namespaceOf(subject));
    return [...running].flatMap(([name, pods]) =>
      attempt(() => {
        const own = graph.in(name, "networking.k8s.io/NetworkPolicy");
        const open = directions.filter((each) => !own.some((policy) => denies(policy, each)));
        if (open.length === 0) return [];
        const namespace = graph.find("Namespace", "", name);
        const path = namespace ? "metadata.name" : "metadata.namespace";
        const message = `is "${name}", which has no default deny for ${open.join(" and ")}; add one`;
        const [first] = pods;
        return first ? [{ subject: namespace ?? first.subject, path, message }] : [];
      }),
    );
  },
};

/** Whether a policy selects all pods and lets nothing through. */
function denies(policy: Subject, direction: Direction) {
  const spec = specOf(policy);
  const { matchLabels, matchExpressions } = spec.podSelector ?? {};
  const selectsAll =
    Object.keys(matchLabels ?? {}).length === 0 && list(matchExpressions).length === 0;
  return selectsAll && closes(spec, direction) && list(spec[direction]).length === 0;
}
