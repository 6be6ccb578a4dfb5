import { list } from "#model/kubernetes";
import { namespaceRule } from "#model/namespace-rule";
import { specOf } from "#model/subject";

export const namespaceLimits = namespaceRule({
  id: "R6",
  name: "namespace-limits",
  title: "Every namespace in which the stack runs pods has a LimitRange for containers.",
  level: "mandatory",
  severity: "low",
  why: "What others start there, such as a debugging pod, has no limits unless a LimitRange gives them.",
  fix: "Add a LimitRange with an entry of type Container: default, defaultRequest and max.",
  kind: "LimitRange",
  counts: (subject) => {
    const { limits } = specOf<{ limits: { type?: string }[] }>(subject);
    return list(limits).some((limit) => limit?.type === "Container");
  },
  message: "a namespace that runs pods and has no LimitRange for containers; add one",
});
