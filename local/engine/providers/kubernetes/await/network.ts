import { eventsOf, latest } from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { list, text } from "#local/engine/providers/kubernetes/json";

/** A load balancer has an address. Other Services work at once: their workloads are awaited. */
export const service: Rule = {
  related: (object) => [eventsOf(object)],
  judge(object, [events = []]) {
    if (text(object, "spec", "type") !== "LoadBalancer") return READY;
    if (list(object, "status", "loadBalancer", "ingress").length > 0) return READY;
    return waiting("no load balancer address yet", latest(events));
  },
};

/** The ingress controller gave an address. */
export const ingress: Rule = {
  related: (object) => [eventsOf(object)],
  judge(object, [events = []]) {
    if (list(object, "status", "loadBalancer", "ingress").length > 0) return READY;
    return waiting("no address from an ingress controller yet", latest(events));
  },
};
