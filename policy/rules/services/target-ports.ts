import { list } from "#model/kubernetes";
import type { Pod } from "#model/pod";
import { type StackRule, type StackViolation, show } from "#model/rule";
import { endpointsOf, type ServicePort, type ServiceSpec } from "#model/service";
import { type Subject, specOf } from "#model/subject";

export const targetPorts: StackRule = {
  id: "S6",
  name: "service-target-ports",
  title: "Every port of a Service leads to a port that its pods declare.",
  level: "mandatory",
  severity: "medium",
  why: "A wrong number is refused by the pod, and a wrong name leaves the Service without endpoints.",
  fix: "Name the target port as the container's ports do, with the same protocol.",
  checkStack(graph, context) {
    return graph.of("Service").flatMap((subject) =>
      context.attempt(() => {
        const pods = endpointsOf(graph, subject) ?? [];
        // S4 speaks of a Service without pods.
        return pods.length === 0 ? [] : unresolved(subject, pods);
      }),
    );
  },
};

function unresolved(subject: Subject, pods: readonly Pod[]): StackViolation[] {
  return list(specOf<ServiceSpec>(subject).ports).flatMap((port, index) => {
    const target = targetOf(port);
    if (pods.some((pod) => declares(pod, target, port?.protocol ?? "TCP"))) return [];
    const field = port?.targetPort === undefined ? "port" : "targetPort";
    const message = `is ${show(target)}, which no container of the selected pods declares; write the name of one of their ports`;
    return [{ subject, path: `spec.ports[${index}].${field}`, message }];
  });
}

/** Left out or 0, it is the number of the port itself. */
function targetOf(port: ServicePort | undefined): string | number | undefined {
  return port?.targetPort || port?.port;
}

/** Init containers with restartPolicy Always run beside the others, and serve too. */
function declares({ spec }: Pod, target: string | number | undefined, protocol: string) {
  const sidecars = list(spec.initContainers).filter((each) => each?.restartPolicy === "Always");
  return [...list(spec.containers), ...sidecars].some((container) =>
    list(container?.ports).some(
      (port) =>
        (typeof target === "number" ? port?.containerPort : port?.name) === target &&
        (port?.protocol ?? "TCP") === protocol,
    ),
  );
}
