import { current } from "#local/engine/providers/kubernetes/await/deployment";
import { eventsOf, latest, podsOf, troubles } from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { count, text } from "#local/engine/providers/kubernetes/json";

/** Every node that should run a pod runs an available one of the new revision. */
export const daemonSet: Rule = {
  related: (object) => [podsOf(object), eventsOf(object)],
  judge(object, [pods = [], events = []]) {
    const want = count(object, ["status", "desiredNumberScheduled"]);
    const available = count(object, ["status", "numberAvailable"]);
    const updated = count(object, ["status", "updatedNumberScheduled"]);
    const onDelete = text(object, "spec", "updateStrategy", "type") === "OnDelete";
    if (current(object) && available >= want && (onDelete || updated >= want)) return READY;
    const ready = current(object) ? count(object, ["status", "numberReady"]) : 0;
    return waiting(`${ready}/${want} ready`, [...troubles(pods), ...latest(events)]);
  },
};
