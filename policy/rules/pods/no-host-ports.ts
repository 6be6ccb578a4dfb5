import { everyContainer } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

export const noHostPorts = podRule({
  id: "P4",
  name: "no-host-ports",
  title: "No container takes a port of its node.",
  level: "mandatory",
  severity: "high",
  why: "The port answers on every address of the node, past Services and Ingress, once per node.",
  fix: "Remove hostPort, and publish the port through a Service.",
  admission: () => [everyContainer("c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)")],
  container: ({ path, container }) =>
    list(container.ports).flatMap((port, index) =>
      violationIf(
        Boolean(port?.hostPort),
        `${path}.ports[${index}].hostPort`,
        `is ${show(port?.hostPort)}; remove it and publish the port through a Service`,
      ),
    ),
});
