import { cel } from "#model/admission";
import { type ObjectRule, show, violationIf } from "#model/rule";

const levels = ["privileged", "baseline", "restricted"];
const label = "pod-security.kubernetes.io/enforce";

export const podSecurityEnforced: ObjectRule = {
  id: "M3",
  name: "pod-security-enforced",
  title: "Every namespace makes the cluster itself enforce the Pod Security Standards.",
  level: "mandatory",
  severity: "high",
  why: "This pack judges what is deployed through it; the label stops what comes by another way.",
  fix: `Label the namespace ${label}: restricted.`,
  settings: {
    level: {
      enum: ["baseline", "restricted"],
      default: "restricted",
      description: "The Pod Security level that namespaces enforce at least.",
    },
  },
  kinds: ["Namespace"],
  admission: ({ level }) => [
    `object.metadata.?labels[?${cel(label)}].orValue("") in
      ${cel(levels.slice(levels.indexOf((level as string | undefined) ?? "restricted")))}`,
    `object.metadata.?labels[?${cel(`${label}-version`)}].orValue("latest").matches("^(latest|v1[.][0-9]+)$")`,
  ],
  check({ body, patch }, { settings, attempt }) {
    const least = (settings.level as string | undefined) ?? "restricted";
    const at = (name: string) => `metadata.labels["${name}"]`;
    return [
      ...attempt(() => {
        const found = body.metadata?.labels?.[label];
        const enough = levels.indexOf(found ?? "") >= levels.indexOf(least);
        const leftOut = patch && found === undefined;
        return violationIf(!enough && !leftOut, at(label), `is ${show(found)}; write "${least}"`);
      }),
      ...attempt(() => {
        const found = body.metadata?.labels?.[`${label}-version`];
        return violationIf(
          found !== undefined && found !== null && !/^(latest|v1\.\d+)$/.test(found),
          at(`${label}-version`),
          `is ${show(found)}; write "latest", or a version such as "v1.36"`,
        );
      }),
    ];
  },
};
