import { cel } from "#model/admission";
import { list } from "#model/kubernetes";
import { type ObjectRule, violationIf } from "#model/rule";
import type { ServiceSpec } from "#model/service";
import { nameOf, specOf } from "#model/subject";

export const loadBalancers: ObjectRule = {
  id: "S2",
  name: "load-balancers",
  title: "Only Services that are meant to have a load balancer do.",
  level: "mandatory",
  severity: "high",
  why: "Each load balancer is a way into the cluster from outside, and costs money.",
  fix: 'Use type ClusterIP behind the gateway, or list the Service in the setting "allowed".',
  settings: {
    allowed: {
      type: "array",
      items: { type: "string", pattern: "^[^/]+/[^/]+$" },
      default: [],
      description: 'Services that may be of type LoadBalancer, such as "istio-system/gateway".',
    },
  },
  kinds: ["Service"],
  admission: ({ allowed }) => [
    `object.spec.type != "LoadBalancer" || (object.metadata.namespace + "/" + object.metadata.name) in
      ${cel(list(allowed as string[] | undefined))}`,
  ],
  check(subject, { settings }) {
    const { namespace, name } = nameOf(subject);
    const allowed = list(settings.allowed as string[] | undefined);
    const own = `${namespace || "default"}/${name}`;
    const balanced = specOf<ServiceSpec>(subject).type === "LoadBalancer";
    const message = `is "LoadBalancer", which ${own} is not allowed; write "ClusterIP"`;
    return violationIf(balanced && !allowed.includes(own), "spec.type", message);
  },
};
