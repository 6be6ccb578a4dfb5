import { matchesPattern } from "#model/admission";
import type { ObjectRule } from "#model/rule";
import { violationIf } from "#model/rule";

const testHook = /(^|,)\s*test(-success|-failure)?\s*(,|$)/;

export const noBarePods: ObjectRule = {
  id: "H13",
  name: "no-bare-pods",
  title: "Pods belong to a controller that replaces and updates them.",
  level: "mandatory",
  severity: "medium",
  why: "A bare pod is gone with its node, and a bare ReplicaSet never rolls out a new version.",
  fix: "Use a Deployment, StatefulSet, DaemonSet or Job. Pods of Helm's tests may be bare.",
  kinds: ["Pod", "apps/ReplicaSet", "extensions/ReplicaSet", "ReplicationController"],
  admission: () => [
    `object.metadata.?ownerReferences.orValue([]).size() > 0 || object.kind == "Pod" &&
      ${matchesPattern('variables.annotations[?"helm.sh/hook"].orValue("")', testHook)}`,
  ],
  check({ kind, body, patch }) {
    const { annotations, ownerReferences } = (body.metadata ?? {}) as Metadata;
    const owned = Boolean(ownerReferences?.length);
    const ofTest = kind === "Pod" && testHook.test(String(annotations?.["helm.sh/hook"] ?? ""));
    const message = `is "${kind}"; write a Deployment, StatefulSet, DaemonSet or Job instead`;
    return violationIf(!(patch || owned || ofTest), "kind", message);
  },
};

interface Metadata {
  annotations?: Record<string, string>;
  ownerReferences?: unknown[];
}
