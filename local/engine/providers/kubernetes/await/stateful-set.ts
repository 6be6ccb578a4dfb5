import { current } from "#local/engine/providers/kubernetes/await/deployment";
import { eventsOf, latest, podsOf, troubles } from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { count, text } from "#local/engine/providers/kubernetes/json";

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
