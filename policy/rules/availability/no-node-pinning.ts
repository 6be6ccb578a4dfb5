import { cel } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, show, type Violation, violationIf } from "#model/rule";
import { isLive } from "#model/subject";

const controlPlane = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

export const noNodePinning = podRule({
  id: "H17",
  name: "no-node-pinning",
  title: "The scheduler places every pod, and none on the control plane.",
  level: "mandatory",
  severity: "medium",
  why: "A named node skips the scheduler's checks; a pod beside the API server can starve or attack it.",
  fix: "Remove nodeName, and tolerate only the taints that the workload's nodes have.",
  settings: {
    taints: {
      type: "array",
      items: { type: "string" },
      default: controlPlane,
      description: "Taints that no pod may tolerate.",
    },
  },
  admission: ({ taints }) => [
    // The scheduler names the node of a pod that is there.
    `object.kind == "Pod" && request.operation == "UPDATE" ||
      variables.podSpec.?nodeName.orValue("") == ""`,
    `variables.podSpec.?tolerations.orValue([]).all(t, t.?key.orValue("") == "" ?
      t.?operator.orValue("") != "Exists" : !(t.key in ${cel(list((taints as string[] | undefined) ?? controlPlane))}))`,
  ],
  pod({ subject, spec, path }, { settings }) {
    const refused = list((settings.taints as string[] | undefined) ?? controlPlane);
    const tolerations = list(spec.tolerations).flatMap((toleration, index): Violation[] => {
      const { key, operator } = toleration ?? {};
      const at = `${path}.tolerations[${index}]`;
      if (!key) {
        const message = "has no key, so it tolerates every taint; name the one that is meant";
        return violationIf(operator === "Exists", at, message);
      }
      const message = `is ${show(key)}, the control plane's taint; remove the toleration`;
      return violationIf(refused.includes(key), `${at}.key`, message);
    });
    // In a cluster's own copy of a pod, the scheduler has named the node.
    const named = Boolean(spec.nodeName) && !(subject.kind === "Pod" && isLive(subject));
    const message = `is ${show(spec.nodeName)}; remove it, and use affinity if the place matters`;
    return [...violationIf(named, `${path}.nodeName`, message), ...tolerations];
  },
});
