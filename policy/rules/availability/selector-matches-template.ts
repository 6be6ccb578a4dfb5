import type { LabelSelector } from "#model/kubernetes";
import { podOf } from "#model/pod";
import { type ObjectRule, show, type Violation } from "#model/rule";
import { matches } from "#model/selector";
import { type Subject, specOf } from "#model/subject";

const kinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

interface Selecting {
  selector: LabelSelector & Record<string, unknown>;
  manualSelector: boolean;
}

export const selectorMatchesTemplate: ObjectRule = {
  id: "H14",
  name: "selector-matches-template",
  title: "A workload selects the pods that it makes.",
  level: "mandatory",
  severity: "high",
  why: "The server refuses a selector that its own template does not match, in mid-deployment.",
  fix: "Repeat labels of spec.template.metadata.labels in spec.selector.",
  kinds: [
    ...kinds.flatMap((kind) => [`apps/${kind}`, `extensions/${kind}`]),
    "ReplicationController",
    "batch/Job",
  ],
  check(subject, context) {
    return context.attempt(() => problemOf(subject));
  },
};

function problemOf(subject: Subject): Violation[] {
  const { selector, manualSelector } = specOf<Selecting>(subject);
  // The server makes up a Job's selector, with the label to match, unless it is told not to.
  if (subject.kind === "Job" && manualSelector !== true) return [];
  const labels = podOf(subject)?.metadata.labels;
  if (subject.patch && !(selector && labels)) return [];
  const path = "spec.selector";
  const plain = subject.kind === "ReplicationController";
  if (isEmpty(selector)) {
    // The first versions took the template's labels.
    if (plain || subject.apiVersion.endsWith("v1beta1")) return [];
    const found = selector ? "is empty" : "is missing";
    return [{ path, message: `${found}; write matchLabels with the template's labels` }];
  }
  const asSelector = plain ? { matchLabels: selector as Record<string, string> } : selector;
  if (matches(asSelector, labels ?? {})) return [];
  const message = `does not match the template's labels, which are ${show(labels)}; repeat some of them`;
  return [{ path, message }];
}

function isEmpty(selector: Selecting["selector"] | undefined) {
  return Object.values(selector ?? {}).every(
    (part) => typeof part !== "string" && Object.keys(part ?? {}).length === 0,
  );
}
