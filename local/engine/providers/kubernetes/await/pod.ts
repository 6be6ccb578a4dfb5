import { eventsOf, latest, trouble } from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { condition, text } from "#local/engine/providers/kubernetes/json";

/** The pod is ready, or has done its work. */
export const pod: Rule = {
  related: (object) => [eventsOf(object)],
  judge(object, [events = []]) {
    const phase = text(object, "status", "phase");
    if (phase === "Succeeded" || text(condition(object, "Ready"), "status") === "True")
      return READY;
    const why = trouble(object);
    const reasons = why ? [why] : latest(events);
    return { ...waiting(phase || "Pending", reasons), failed: phase === "Failed" };
  },
};
