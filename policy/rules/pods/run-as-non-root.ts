import { everyContainer } from "#model/admission";
import { podRule, show, violationIf } from "#model/rule";

export const runAsNonRoot = podRule({
  id: "P14",
  name: "run-as-non-root",
  title: "Every container must run as a user other than root.",
  level: "mandatory",
  severity: "critical",
  why: "Root in a container is root on the node once anything lets it out.",
  fix: "Set securityContext.runAsNonRoot to true on the pod, and a runAsUser that the image allows.",
  admission: () => [
    `variables.userNamespace || (variables.podSecurity.?runAsNonRoot.orValue(true) &&
          ${everyContainer(
            "c.?securityContext.?runAsNonRoot.or(variables.podSecurity.?runAsNonRoot).orValue(false)",
          )})`,
  ],
  pod: ({ spec, path, userNamespace }) =>
    violationIf(
      spec.securityContext?.runAsNonRoot === false && !userNamespace,
      `${path}.securityContext.runAsNonRoot`,
      "is false; write true",
    ),
  container: ({ path, container }, { spec, userNamespace }) => {
    const found = container.securityContext?.runAsNonRoot;
    // Where the pod says false, the pod's part has reported it.
    const left = found ?? spec.securityContext?.runAsNonRoot ?? undefined;
    return violationIf(
      (found === false || left === undefined) && !userNamespace,
      `${path}.securityContext.runAsNonRoot`,
      `is ${show(found)}; write true here or in the pod's securityContext`,
    );
  },
});
