import {
  ended,
  eventsOf,
  inNamespace,
  latest,
  trouble,
  troubles,
} from "#local/engine/providers/kubernetes/await/pods";
import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { at, condition, count, list, text } from "#local/engine/providers/kubernetes/json";
import type { Props } from "#local/engine/value";

/** The job is complete. A failed one ends the wait at once, with its pod's last words. */
export const job: Rule = {
  related: (object) => [
    inNamespace(object, "/api/v1", "pods", {
      labelSelector: `batch.kubernetes.io/controller-uid=${text(object, "metadata", "uid")}`,
    }),
    eventsOf(object),
  ],
  judge(object, [pods = [], events = []]) {
    if (text(condition(object, "Complete"), "status") === "True") return READY;
    if (at(object, "spec", "suspend") === true) return READY;
    const failed = condition(object, "Failed");
    if (text(failed, "status") === "True") {
      const verdict = `${text(failed, "reason")}: ${text(failed, "message")}`;
      const reasons = [...lastWords(pods), verdict];
      return { ready: false, failed: true, line: reasons[0] ?? verdict, reasons };
    }
    const want = count(object, ["spec", "completions"], 1);
    const done = count(object, ["status", "succeeded"]);
    const bad = count(object, ["status", "failed"]);
    const retries = bad > 0 ? `, ${bad} failed` : "";
    const refused = pods.length === 0 ? latest(events) : [];
    return waiting(`${done}/${want} complete${retries}`, [...troubles(pods), ...refused]);
  },
};

/** How the containers of the newest failed pod ended. */
function lastWords(pods: Props[]): string[] {
  const when = (pod: Props) => text(pod, "metadata", "creationTimestamp");
  const newest = pods
    .filter((pod) => text(pod, "status", "phase") === "Failed")
    .sort((a, b) => (when(a) < when(b) ? 1 : -1))[0];
  if (!newest) return [];
  return [
    ...list(newest, "status", "initContainerStatuses"),
    ...list(newest, "status", "containerStatuses"),
  ].flatMap((status) => {
    const words = ended(status, "state") || ended(status, "lastState");
    return words ? [`${text(newest, "metadata", "name")}: ${words}`] : [];
  });
}

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
