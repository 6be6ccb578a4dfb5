import { everyOwnContainer, everyVolume } from "#model/admission";
import { list } from "#model/kubernetes";
import { parseQuantity } from "#model/quantity";
import { podRule, show, violationIf } from "#model/rule";

export const ephemeralStorage = podRule({
  id: "R3",
  name: "ephemeral-storage",
  title:
    "Every container says how much of its node's disk it uses, and every emptyDir has a limit.",
  level: "mandatory",
  severity: "medium",
  why: "Logs and scratch files of one pod fill the node's disk, and the kubelet then evicts others.",
  fix: "Set requests and limits for ephemeral-storage, and a sizeLimit on each emptyDir.",
  admission: () => [
    everyVolume('!has(v.emptyDir) || v.emptyDir.?sizeLimit.orValue("0") != "0"'),
    everyOwnContainer(`["requests", "limits"].all(f,
      c.?resources[?f][?"ephemeral-storage"].orValue("0") != "0")`),
  ],
  pod: ({ spec, path }) =>
    list(spec.volumes).flatMap((volume, index) => {
      const sources = Object.keys(volume ?? {}).filter((key) => key !== "name" && volume[key]);
      // Without a source the API server makes the volume an emptyDir.
      if (sources.length > 0 && !sources.includes("emptyDir")) return [];
      const { sizeLimit } = (volume?.emptyDir ?? {}) as { sizeLimit?: unknown };
      return violationIf(
        isNothing(sizeLimit),
        `${path}.volumes[${index}].emptyDir.sizeLimit`,
        `is ${show(sizeLimit)}; write the most that it may hold, such as 64Mi`,
      );
    }),
  container: ({ path, group, container }) => {
    // The API server refuses resources on ephemeral containers.
    if (group === "ephemeralContainers") return [];
    return (["requests", "limits"] as const).flatMap((field) => {
      const found = container.resources?.[field]?.["ephemeral-storage"];
      return violationIf(
        isNothing(found),
        `${path}.resources.${field}.ephemeral-storage`,
        `is ${show(found)}; write a quantity, such as 64Mi`,
      );
    });
  },
});

/** To the kubelet, a limit of 0 is none. */
function isNothing(quantity: unknown): boolean {
  return (parseQuantity(quantity) ?? 0n) <= 0n;
}
