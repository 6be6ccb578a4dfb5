import { everyContainer } from "#model/admission";
import { podRule, show, violationIf } from "#model/rule";

export const noPrivilegeEscalation = podRule({
  id: "P13",
  name: "no-privilege-escalation",
  title: "No process gains more privileges than its parent.",
  level: "mandatory",
  severity: "high",
  why: "A set-user-ID program in the image would give a non-root process root's rights.",
  fix: "Set securityContext.allowPrivilegeEscalation to false on every container.",
  admission: () => [
    `variables.windows || ${everyContainer(
      "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)",
    )}`,
  ],
  container: ({ path, container }, { windows }) => {
    const found = container.securityContext?.allowPrivilegeEscalation;
    return violationIf(
      found !== false && !windows,
      `${path}.securityContext.allowPrivilegeEscalation`,
      `is ${show(found)}; write false`,
    );
  },
});
