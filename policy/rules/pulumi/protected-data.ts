import { list } from "#model/kubernetes";
import { podKinds, podOf } from "#model/pod";
import { type ObjectRule, type Violation, violationIf } from "#model/rule";
import type { Subject } from "#model/subject";

export const protectedData: ObjectRule = {
  id: "U5",
  name: "protected-data",
  title: "No deployment deletes data, or ignores changes to a security context.",
  level: "mandatory",
  severity: "medium",
  why: "A renamed volume is deleted and made anew, empty; an ignored field keeps what was set by hand.",
  fix: "Set the option protect on claims, keep StatefulSets' claims, and take securityContext out of ignoreChanges.",
  pulumiOnly: "options",
  kinds: [...podKinds, "PersistentVolumeClaim"],
  check(subject, { attempt }) {
    return [...attempt(() => checkData(subject)), ...attempt(() => checkIgnored(subject))];
  },
};

function checkData({ groupKind, body, patch, pulumi }: Subject): Violation[] {
  if (patch) return [];
  if (groupKind === "PersistentVolumeClaim") {
    // Pulumi's chart resource keeps what carries Helm's own mark.
    const kept = body.metadata?.annotations?.["helm.sh/resource-policy"] === "keep";
    const message = "is off; set the resource's option protect, so that no update deletes the data";
    return violationIf(!pulumi?.protect && !kept, "options.protect", message);
  }
  if (groupKind !== "apps/StatefulSet") return [];
  const { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: policy } = (body.spec ??
    {}) as {
    volumeClaimTemplates?: unknown[];
    persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
  };
  if (list(volumeClaimTemplates).length === 0) return [];
  const message = 'is "Delete"; write "Retain", so that the claims outlive the pods';
  const path = "spec.persistentVolumeClaimRetentionPolicy";
  return [
    ...violationIf(
      policy?.whenDeleted === "Delete" && !pulumi?.protect,
      `${path}.whenDeleted`,
      message,
    ),
    ...violationIf(policy?.whenScaled === "Delete", `${path}.whenScaled`, message),
  ];
}

function checkIgnored(subject: Subject): Violation[] {
  const paths = list(subject.pulumi?.ignoreChanges as string[] | undefined);
  const pod = paths.length > 0 ? podOf(subject) : undefined;
  if (!pod) return [];
  const spec = stepsOf(pod.path);
  const guarded = [
    [...spec, "securityContext"],
    ...["initContainers", "containers", "ephemeralContainers"].map((group) => [
      ...spec,
      group,
      "*",
      "securityContext",
    ]),
  ];
  return paths.flatMap((ignored, index) =>
    violationIf(
      guarded.some((path) => overlap(stepsOf(ignored), path)),
      `options.ignoreChanges[${index}]`,
      `is ${JSON.stringify(ignored)}, which hides changes to a securityContext; name other fields`,
    ),
  );
}

/** Whether one path leads to the other, so that ignoring it ignores that too. */
function overlap(ignored: string[], guarded: string[]): boolean {
  const shared = Math.min(ignored.length, guarded.length);
  return ignored
    .slice(0, shared)
    .every((step, at) => step === guarded[at] || step === "*" || guarded[at] === "*");
}

/** `spec.containers[0]["name"]` → spec, containers, 0, name */
function stepsOf(path: string): string[] {
  return path.match(/"[^"]*"|[^.[\]"]+/g)?.map((step) => step.replaceAll('"', "")) ?? [];
}
