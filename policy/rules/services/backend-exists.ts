import type { Graph } from "#model/graph";
import { type Backend, backendsOf, ingressKinds, routeKinds } from "#model/ingress";
import { list } from "#model/kubernetes";
import { type StackRule, type StackViolation, show } from "#model/rule";
import type { ServiceSpec } from "#model/service";
import { type Subject, specOf } from "#model/subject";

export const backendExists: StackRule = {
  id: "S12",
  name: "backend-exists",
  title: "Every route leads to a Service of the stack and to one of its ports.",
  level: "mandatory",
  severity: "medium",
  why: "A route to a Service or port that is not there answers every request with an error.",
  fix: "Name an existing Service of the route's namespace, and a port that it lists.",
  checkStack(graph, context) {
    return graph
      .of(...ingressKinds, ...routeKinds)
      .flatMap((subject) =>
        context.attempt(() =>
          backendsOf(subject).flatMap((backend) => problemOf(graph, subject, backend)),
        ),
      );
  },
};

function problemOf(graph: Graph, subject: Subject, backend: Backend): StackViolation[] {
  const { namespace, name, port } = backend;
  const service = graph.find("Service", namespace, name);
  if (!service) {
    const where = namespace || "default";
    const message = `is ${show(name)}, and the stack has no such Service in ${where}; name one that it has`;
    return [{ subject, path: backend.namePath, message }];
  }
  const { type, ports } = specOf<ServiceSpec>(service);
  if (type === "ExternalName" || port === undefined) return [];
  if (list(ports).some((each) => each?.port === port || each?.name === port)) return [];
  const message = `is ${show(port)}, which Service ${name} does not have; write one of its ports`;
  return [{ subject, path: backend.portPath, message }];
}
