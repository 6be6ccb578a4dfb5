import { type StackRule, type StackViolation, show } from "#model/rule";
import { endpointsOf, type ServiceSpec } from "#model/service";
import { specOf } from "#model/subject";

export const selectsPods: StackRule = {
  id: "S4",
  name: "service-selects-pods",
  title: "Every Service selects pods of the stack.",
  level: "mandatory",
  severity: "medium",
  why: "A Service that selects nothing refuses every connection, and nothing else says so.",
  fix: "Write labels of a pod template of the same namespace in spec.selector.",
  checkStack(graph, context) {
    return graph.of("Service").flatMap((subject) =>
      context.attempt((): StackViolation[] => {
        if (endpointsOf(graph, subject)?.length !== 0) return [];
        const found = show(specOf<ServiceSpec>(subject).selector);
        const message = `is ${found}, which no pod of the stack has; write labels of its pods`;
        return [{ subject, path: "spec.selector", message }];
      }),
    );
  },
};
