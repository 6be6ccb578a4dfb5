import { list } from "#model/kubernetes";
import { type ObjectRule, show, violationIf } from "#model/rule";

const system = ["kube-system", "kube-public", "kube-node-lease"];

export const noSystemNamespaces: ObjectRule = {
  id: "M2",
  name: "no-system-namespaces",
  title: "No application puts objects into the cluster's own namespaces.",
  level: "mandatory",
  severity: "medium",
  why: "Quotas, policies and admission often leave these namespaces out, and the cluster lives in them.",
  fix: "Set metadata.namespace to the application's own namespace.",
  settings: {
    namespaces: {
      type: "array",
      items: { type: "string" },
      default: system,
      description: "The namespaces that are the cluster's own.",
    },
  },
  check({ body }, { settings, attempt }) {
    return attempt(() => {
      const namespace = body.metadata?.namespace;
      const own = list((settings.namespaces as string[] | undefined) ?? system);
      return violationIf(
        namespace !== undefined && own.includes(namespace),
        "metadata.namespace",
        `is ${show(namespace)}, which is the cluster's own; write the application's namespace`,
      );
    });
  },
};
