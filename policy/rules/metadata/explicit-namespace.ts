import { type ObjectRule, show, violationIf } from "#model/rule";
import { isNamespaced } from "#model/scope";

export const explicitNamespace: ObjectRule = {
  id: "M1",
  name: "explicit-namespace",
  title: "Every object names its namespace, and it is not the default one.",
  level: "mandatory",
  severity: "medium",
  why: "An object without a namespace lands wherever the deployer's context points, among strangers.",
  fix: "Set metadata.namespace to the application's own namespace.",
  check(subject, { attempt }) {
    return attempt(() => {
      const namespace = subject.body.metadata?.namespace;
      // What a custom resource leaves out may be right: its kind may have no namespaces.
      const missing = !namespace && !subject.patch && isNamespaced(subject);
      return violationIf(
        missing || namespace === "default",
        "metadata.namespace",
        `is ${show(namespace || undefined)}; write the application's own namespace`,
      );
    });
  },
};
