import { list } from "#model/kubernetes";
import { type ObjectRule, type Violation, violationIf } from "#model/rule";
import type { ServiceSpec } from "#model/service";
import { specOf } from "#model/subject";

export const noNodePorts: ObjectRule = {
  id: "S1",
  name: "no-node-ports",
  title: "No Service opens a port on the nodes.",
  level: "mandatory",
  severity: "high",
  why: "A node port is open on every node, past the gateway, its TLS and its access rules.",
  fix: "Use type ClusterIP, and expose the Service by an Ingress or a gateway.",
  kinds: ["Service"],
  admission: () => [
    // The API server itself gives a load balancer its node ports.
    `object.spec.type != "NodePort" && (object.spec.type == "LoadBalancer" ||
      object.spec.?ports.orValue([]).all(p, p.?nodePort.orValue(0) == 0))`,
  ],
  check(subject, context) {
    const ports = () =>
      list(specOf<ServiceSpec>(subject).ports).flatMap((port, index): Violation[] => {
        const path = `spec.ports[${index}].nodePort`;
        return violationIf(Boolean(port?.nodePort), path, `is ${port?.nodePort}; leave it out`);
      });
    const type = () => {
      const message = 'is "NodePort"; write "ClusterIP" and expose it by a gateway';
      return violationIf(specOf<ServiceSpec>(subject).type === "NodePort", "spec.type", message);
    };
    return [...context.attempt(type), ...context.attempt(ports)];
  },
};
