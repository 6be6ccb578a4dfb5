import { eventsOf, latest, podsOf, troubles } from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { condition, count, text } from "#local/engine/providers/kubernetes/json";
import type { Props } from "#local/engine/value";

/** Whether the status speaks of the object as it was last changed. */
const current = (object: Props): boolean =>
  count(object, ["status", "observedGeneration"]) >= count(object, ["metadata", "generation"]);

/** Every replica is of the new revision and available. */
export const deployment: Rule = {
  related: (object) => [podsOf(object), eventsOf(object)],
  judge(object, [pods = [], events = []]) {
    const want = count(object, ["spec", "replicas"], 1);
    const updated = count(object, ["status", "updatedReplicas"]);
    const available = count(object, ["status", "availableReplicas"]);
    const total = count(object, ["status", "replicas"]);
    if (current(object) && updated >= want && available >= want && total <= updated) return READY;
    const failure = condition(object, "ReplicaFailure");
    const progress = condition(object, "Progressing");
    const stuck = text(progress, "status") === "False" ? [text(progress, "message")] : [];
    const refused = text(failure, "status") === "True" ? [text(failure, "message")] : [];
    const reasons = [...refused, ...troubles(pods), ...stuck, ...latest(events)];
    const old = Math.max(0, total - updated);
    // Old and new replicas are counted together: this many at least are new.
    const ready = Math.max(0, count(object, ["status", "readyReplicas"]) - old);
    const leaving = old > 0 ? `, ${old} old to go` : "";
    return waiting(`${current(object) ? ready : 0}/${want} ready${leaving}`, reasons);
  },
};

/** Every replica is ready, and of the new revision unless updates happen on deletion only. */
export const statefulSet: Rule = {
  related: (object) => [podsOf(object), eventsOf(object)],
  judge(object, [pods = [], events = []]) {
    const want = count(object, ["spec", "replicas"], 1);
    const ready = count(object, ["status", "readyReplicas"]);
    const total = count(object, ["status", "replicas"]);
    const onDelete = text(object, "spec", "updateStrategy", "type") === "OnDelete";
    const kept = count(object, ["spec", "updateStrategy", "rollingUpdate", "partition"]);
    const revised =
      onDelete ||
      text(object, "status", "currentRevision") === text(object, "status", "updateRevision") ||
      (kept > 0 && count(object, ["status", "updatedReplicas"]) >= want - kept);
    if (current(object) && total === want && ready === want && revised) return READY;
    const reasons = [...troubles(pods), ...(total < want ? latest(events) : [])];
    const updating = revised ? "" : `, ${count(object, ["status", "updatedReplicas"])} updated`;
    return waiting(`${current(object) ? ready : 0}/${want} ready${updating}`, reasons);
  },
};

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
