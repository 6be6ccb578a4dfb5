import { knownNamespace } from "#model/namespace-rule";
import { type StackRule, show } from "#model/rule";
import type { Subject } from "#model/subject";

export const serviceAccountExists: StackRule = {
  id: "P29",
  name: "service-account-exists",
  title: "The ServiceAccount that a pod names is part of the stack.",
  level: "mandatory",
  severity: "medium",
  why: "Without its ServiceAccount a pod is never created, and only the controller's events say so.",
  fix: "Add the ServiceAccount to the pod's namespace, or correct the name.",
  checkStack(graph, context) {
    let accounts: Set<string> | undefined;
    return graph.pods.flatMap(({ subject, spec, path }) =>
      context.attempt(() => {
        const name = spec.serviceAccountName;
        // A pod without one is P28's matter, and each namespace has a "default".
        if (!name || name === "default") return [];
        accounts ??= new Set(graph.of("ServiceAccount").map((each) => key(each)));
        if (accounts.has(key(subject, name))) return [];
        const where = knownNamespace(subject);
        const message = `is ${show(name)}, but the stack has no such ServiceAccount in the namespace ${show(where)}; add it or correct the name`;
        return [{ subject, path: `${path}.serviceAccountName`, message }];
      }),
    );
  },
};

/** Read here, not by nameOf: an unknown name must end the attempt, not pass for a missing one. */
function key(subject: Subject, name = subject.body.metadata?.name): string {
  return `${knownNamespace(subject)}/${name}`;
}
