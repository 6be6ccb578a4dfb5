import type { KubernetesObject } from "#policy/model/kubernetes";
import type { ObjectRule } from "#policy/model/rule";
import { rules } from "#policy/rules/all";
import { compliantPod } from "./objects.ts";

/** The rules that can mend what breaks them. */
export const mending = rules.filter(
  (rule): rule is ObjectRule => "remediate" in rule && rule.remediate !== undefined,
);

/** A pod that lacks what remediations add, in two containers and an init container. */
export function careless() {
  const pod = compliantPod();
  pod.spec.securityContext = { runAsNonRoot: true };
  pod.spec.automountServiceAccountToken = undefined;
  for (const container of [...pod.spec.initContainers, ...pod.spec.containers]) {
    container.securityContext = { ...container.securityContext, capabilities: undefined };
  }
  return JSON.parse(JSON.stringify(pod)) as typeof pod;
}

/** An object without the labels that can be derived. */
export function unlabelled(object: KubernetesObject): KubernetesObject {
  const {
    "app.kubernetes.io/name": _,
    "app.kubernetes.io/managed-by": __,
    ...labels
  } = object.metadata?.labels ?? {};
  return { ...object, metadata: { ...object.metadata, labels } };
}
