import { namespaceRule } from "#model/namespace-rule";
import { specOf } from "#model/subject";

export const namespaceQuota = namespaceRule({
  id: "R5",
  name: "namespace-quota",
  title: "Every namespace in which the stack runs pods has a ResourceQuota.",
  level: "mandatory",
  severity: "medium",
  why: "Without one, a single namespace can take the whole cluster: by a typing error, or in an attack.",
  fix: "Add a ResourceQuota with pods, requests and limits under spec.hard.",
  kind: "ResourceQuota",
  counts: (subject) => Object.keys(specOf<{ hard: object }>(subject).hard ?? {}).length > 0,
  message: "a namespace that runs pods and has no ResourceQuota; add one with spec.hard",
});
