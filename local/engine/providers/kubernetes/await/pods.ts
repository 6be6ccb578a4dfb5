import { at, condition, count, list, props, text } from "#local/engine/providers/kubernetes/json";
import type { Collection } from "#local/engine/providers/kubernetes/watch";
import type { Props, Value } from "#local/engine/value";

/** The pods that an object's `spec.selector` selects. */
export function podsOf(object: Props): Collection {
  const selector = props(object, "spec", "selector");
  const labels = Object.entries(props(selector, "matchLabels")).map(([k, v]) => `${k}=${v}`);
  const expressions = list(selector, "matchExpressions").map((item) => {
    const key = text(item, "key");
    const values = list(item, "values").join(",");
    const operators: Record<string, string> = {
      In: `${key} in (${values})`,
      NotIn: `${key} notin (${values})`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    return operators[text(item, "operator")] ?? key;
  });
  return inNamespace(object, "/api/v1", "pods", {
    labelSelector: [...labels, ...expressions].join(","),
  });
}

/** The warnings that Kubernetes recorded about an object. */
export const eventsOf = (object: Props): Collection =>
  inNamespace(object, "/api/v1", "events", {
    fieldSelector: `type=Warning,involvedObject.uid=${text(object, "metadata", "uid")}`,
  });

/** A collection beside `object`, in its namespace. */
export function inNamespace(
  object: Props,
  root: string,
  plural: string,
  query: Record<string, string>,
): Collection {
  const namespace = encodeURIComponent(text(object, "metadata", "namespace") || "default");
  return { path: `${root}/namespaces/${namespace}/${plural}`, query };
}

/** The latest of some recorded warnings, as a reason; none if there are none. */
export function latest(events: Props[]): string[] {
  const when = (event: Props) =>
    text(event, "lastTimestamp") ||
    text(event, "eventTime") ||
    text(event, "metadata", "creationTimestamp");
  const last = [...events].sort((a, b) => (when(a) < when(b) ? 1 : -1))[0];
  return last ? [`${text(last, "reason")}: ${text(last, "message")}`] : [];
}

/** What keeps each of `pods` from being ready, such as `web-1: ImagePullBackOff (…)`. */
export function troubles(pods: Props[]): string[] {
  return pods
    .filter((pod) => !text(pod, "metadata", "deletionTimestamp"))
    .flatMap((pod) => {
      const why = trouble(pod);
      return why ? [`${text(pod, "metadata", "name")}: ${why}`] : [];
    });
}

/** Why a pod isn't ready; "" if it is, or is still starting with nothing to tell. */
export function trouble(pod: Props): string {
  const scheduled = condition(pod, "PodScheduled");
  if (text(scheduled, "status") === "False") {
    return `${text(scheduled, "reason")} (${text(scheduled, "message")})`;
  }
  const statuses = [
    ...list(pod, "status", "initContainerStatuses"),
    ...list(pod, "status", "containerStatuses"),
  ];
  for (const status of statuses) {
    const found = containerTrouble(status);
    if (found) return found;
  }
  return text(pod, "status", "phase") === "Failed"
    ? `${text(pod, "status", "reason") || "Failed"} ${text(pod, "status", "message")}`.trim()
    : "";
}

function containerTrouble(status: Value): string {
  const waiting = props(status, "state", "waiting");
  const reason = text(waiting, "reason");
  const last = ended(status, "lastState");
  if (reason && !/^(ContainerCreating|PodInitializing)$/.test(reason)) {
    // "back-off 10s restarting …" says nothing: what the container said before it ended does.
    const message = text(waiting, "message").replace(/^rpc error: code = \w+ desc = /, "");
    const detail = (reason === "CrashLoopBackOff" && last) || message;
    return detail ? `${reason} (${detail})` : reason;
  }
  const now = ended(status, "state");
  if (now) return now;
  if (at(status, "state", "running") && at(status, "ready") === false) {
    return last ? `running, not ready (before: ${last})` : "running, not ready";
  }
  return "";
}

/** How a container ended, if it failed: its termination message or reason, and its exit code. */
export function ended(status: Value, state: "state" | "lastState"): string {
  const terminated = props(status, state, "terminated");
  const code = count(terminated, ["exitCode"]);
  if (code === 0) return "";
  const message = text(terminated, "message").trim() || text(terminated, "reason");
  return `${message} (exit code ${code})`;
}
