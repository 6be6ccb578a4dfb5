import { cel, everyVolume } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, violationIf } from "#model/rule";

const allowed = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export const allowedVolumeTypes = podRule({
  id: "P20",
  name: "allowed-volume-types",
  title: "Pods use only volume types that keep storage apart from the node and its credentials.",
  level: "mandatory",
  severity: "medium",
  why: "Inline host and network volumes bypass the claims, classes and quotas that govern storage.",
  fix: `Use one of ${allowed.join(", ")}.`,
  admission: () => [everyVolume(`v.all(k, k in ${cel(["name", ...allowed])})`)],
  pod: ({ spec, path }) =>
    list(spec.volumes).flatMap((volume, index) =>
      // Without a source the API server makes the volume an emptyDir.
      Object.keys(volume ?? {})
        .filter((key) => key !== "name" && !allowed.includes(key) && Boolean(volume[key]))
        .flatMap((key) =>
          violationIf(
            true,
            `${path}.volumes[${index}].${key}`,
            `is not an allowed volume type; use one of ${allowed.join(", ")}`,
          ),
        ),
    ),
});
