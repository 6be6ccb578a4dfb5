import { everyVolume } from "#model/admission";
import { list, type ObjectMeta } from "#model/kubernetes";
import { podKinds, podOf } from "#model/pod";
import { type ObjectRule, type Violation, violationIf } from "#model/rule";

interface Claim {
  metadata?: ObjectMeta;
  spec?: { storageClassName?: string };
}

/** In CEL: a claim's template names its class. Of a claim itself, the server fills the class in. */
const classed = (claim: string) => `(has(${claim}.spec.storageClassName) ||
  ${claim}.?metadata.?annotations[?"volume.beta.kubernetes.io/storage-class"].hasValue())`;

export const explicitStorageClass: ObjectRule = {
  id: "M7",
  name: "explicit-storage-class",
  title: "Every volume claim names its storage class.",
  level: "mandatory",
  severity: "medium",
  why: "The cluster's default class may change, be slow, or delete data with the claim.",
  fix: "Set storageClassName in the claim's spec.",
  admission: () => ({
    kinds: podKinds,
    validations: [
      `object.kind != "StatefulSet" ||
        object.spec.?volumeClaimTemplates.orValue([]).all(t, ${classed("t")})`,
      everyVolume(`!has(v.ephemeral) || ${classed("v.ephemeral.volumeClaimTemplate")}`),
    ],
  }),
  kinds: [...podKinds, "PersistentVolumeClaim"],
  check(subject, { attempt }) {
    const { groupKind, body, patch } = subject;
    const check = (claim: Claim | undefined, path: string) =>
      attempt(() => (patch && !claim?.spec?.storageClassName ? [] : judge(claim, path)));
    if (groupKind === "PersistentVolumeClaim") return check(body as Claim, "");
    const { volumeClaimTemplates } = (body.spec ?? {}) as { volumeClaimTemplates?: Claim[] };
    const templates = subject.kind === "StatefulSet" ? list(volumeClaimTemplates) : [];
    const pod = podOf(subject);
    return [
      ...[...templates.keys()].flatMap((index) =>
        attempt(() => check(templates[index], `spec.volumeClaimTemplates[${index}].`)),
      ),
      ...[...list(pod?.spec.volumes).keys()].flatMap((index) =>
        attempt(() => {
          const ephemeral = pod?.spec.volumes?.[index]?.ephemeral as
            | { volumeClaimTemplate?: Claim }
            | undefined;
          const path = `${pod?.path}.volumes[${index}].ephemeral.volumeClaimTemplate.`;
          return ephemeral ? check(ephemeral.volumeClaimTemplate, path) : [];
        }),
      ),
    ];
  },
};

/** An empty class is one too: it asks for a volume that exists already. */
function judge(claim: Claim | undefined, path: string): Violation[] {
  const legacy = claim?.metadata?.annotations?.["volume.beta.kubernetes.io/storage-class"];
  return violationIf(
    typeof (claim?.spec?.storageClassName ?? legacy) !== "string",
    `${path}spec.storageClassName`,
    "is missing; write the class that the data needs",
  );
}
