import { eventsOf, latest } from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import type { Client } from "#local/engine/providers/kubernetes/client";
import { annotation, condition, list, text } from "#local/engine/providers/kubernetes/json";
import { isProps, type Props } from "#local/engine/value";

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

/** The claim is bound, or waits for its first pod because its class says so. */
export const volumeClaim: Rule = {
  related: (object) => [eventsOf(object)],
  async judge(object, [events = []], client) {
    const phase = text(object, "status", "phase");
    if (phase === "Bound") return READY;
    if (phase === "Pending" && (await waitsForConsumer(object, client))) return READY;
    return waiting(phase || "Pending", latest(events));
  },
};

async function waitsForConsumer(claim: Props, client: Client): Promise<boolean> {
  const path = "/apis/storage.k8s.io/v1/storageclasses";
  const classes = list(await client.request("GET", path), "items").filter(isProps);
  const name = text(claim, "spec", "storageClassName");
  const found = name
    ? classes.find((item) => text(item, "metadata", "name") === name)
    : classes.find(
        (item) => annotation(item, "storageclass.kubernetes.io/is-default-class") === "true",
      );
  return text(found, "volumeBindingMode") === "WaitForFirstConsumer";
}

/** The volume can be claimed, or is. */
export const volume: Rule = {
  judge(object) {
    const phase = text(object, "status", "phase");
    return phase === "Available" || phase === "Bound" ? READY : waiting(phase || "Pending");
  },
};

/** The server serves the new kind. */
export const definition: Rule = {
  judge(object) {
    const established = condition(object, "Established");
    if (text(established, "status") === "True") return READY;
    const names = condition(object, "NamesAccepted");
    const clash = text(names, "status") === "False" ? [text(names, "message")] : [];
    return waiting("not served yet", clash);
  },
};
