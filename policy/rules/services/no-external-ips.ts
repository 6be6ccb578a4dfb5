import { list } from "#model/kubernetes";
import { type ObjectRule, show, violationIf } from "#model/rule";
import type { ServiceSpec } from "#model/service";
import { specOf } from "#model/subject";

export const noExternalIps: ObjectRule = {
  id: "S3",
  name: "no-external-ips",
  title: "No Service takes over an IP address.",
  level: "mandatory",
  severity: "high",
  why: "Nodes send all traffic to such an address to the Service, whomever it is for (CVE-2020-8554).",
  fix: "Remove externalIPs; expose the Service by an Ingress, a gateway or a load balancer.",
  kinds: ["Service"],
  admission: () => ["object.spec.?externalIPs.orValue([]).size() == 0"],
  check(subject) {
    const addresses = list(specOf<ServiceSpec>(subject).externalIPs);
    const message = `is ${show(addresses)}; remove it`;
    return violationIf(addresses.length > 0, "spec.externalIPs", message);
  },
};
