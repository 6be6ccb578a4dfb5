import { eventsOf, latest } from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import type { Client } from "#local/engine/providers/kubernetes/client";
import { annotation, list, text } from "#local/engine/providers/kubernetes/json";
import { isProps, type Props } from "#local/engine/value";

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
