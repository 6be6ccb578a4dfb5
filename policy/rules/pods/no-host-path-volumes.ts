import { everyVolume } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, violationIf } from "#model/rule";

export const noHostPathVolumes = podRule({
  id: "P5",
  name: "no-host-path-volumes",
  title: "No pod mounts a folder of its node.",
  level: "mandatory",
  severity: "high",
  why: "What is written there outlives the pod and reaches the node; what is read may be the node's.",
  fix: "Use a persistentVolumeClaim, an emptyDir, a configMap or a secret.",
  admission: () => [everyVolume("!has(v.hostPath)")],
  pod: ({ spec, path }) =>
    list(spec.volumes).flatMap((volume, index) =>
      violationIf(
        Boolean(volume?.hostPath),
        `${path}.volumes[${index}].hostPath`,
        "mounts a folder of the node; use a persistentVolumeClaim or an emptyDir",
      ),
    ),
});
