import { type LabelSelector, list, type PodAffinityTerm } from "#model/kubernetes";
import type { Pod } from "#model/pod";
import { nameOf } from "#model/subject";

type Labels = Record<string, string>;

/** Whether a label selector matches; a missing one matches nothing, an empty one everything. */
export function matches(selector: LabelSelector | undefined | null, labels: Labels): boolean {
  if (!selector) return false;
  const { matchLabels = {}, matchExpressions } = selector;
  return (
    Object.keys(matchLabels ?? {}).every((key) => labels[key] === matchLabels[key]) &&
    list(matchExpressions).every((expression) => {
      const { key = "", operator, values } = expression ?? {};
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const listed = value !== undefined && list(values).includes(value);
      if (operator === "In") return listed;
      return operator === "NotIn" && !listed;
    })
  );
}

/** Labels that a workload's controller gives its pods: the same to all of one revision. */
const revisionLabels = ["pod-template-hash", "controller-revision-hash"];

/** Labels that a controller gives each pod with a value of its own. */
const ownLabels = [
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/job-completion-index",
];

/** Whether an affinity term of a pod template selects the pods made from that very template. */
export function selectsOwnPods(term: PodAffinityTerm, pod: Pod): boolean {
  const labels = pod.metadata.labels ?? {};
  // A mismatch key that the pod carries excludes every pod with the same value: its own siblings.
  const excluded = list(term.mismatchLabelKeys).some(
    (key) => labels[key] !== undefined || revisionLabels.includes(key),
  );
  return !excluded && selectsSiblings(term, pod) && coversOwnNamespace(term, pod);
}

/** Whether a selector with match keys selects, besides a pod, the others of its template. */
export function selectsSiblings(
  { labelSelector, matchLabelKeys }: Pick<PodAffinityTerm, "labelSelector" | "matchLabelKeys">,
  pod: Pod,
): boolean {
  const alone = list(matchLabelKeys).some((key) => ownLabels.includes(key));
  return !alone && matches(labelSelector, pod.metadata.labels ?? {});
}

function coversOwnNamespace(term: PodAffinityTerm, pod: Pod): boolean {
  const own = nameOf(pod.subject).namespace || "default";
  const names = list(term.namespaces);
  if (names.length === 0 && !term.namespaceSelector) return true;
  return (
    names.includes(own) || matches(term.namespaceSelector, { "kubernetes.io/metadata.name": own })
  );
}
