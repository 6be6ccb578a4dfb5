import { everyContainer } from "#model/admission";
import { podRule, violationIf } from "#model/rule";

export const noPrivilegedContainers = podRule({
  id: "P1",
  name: "no-privileged-containers",
  title: "No container is privileged.",
  level: "mandatory",
  severity: "critical",
  why: "A privileged container has every capability and every device of its node: it is root there.",
  fix: "Remove privileged, and add the one capability that is needed.",
  admission: () => [everyContainer("!c.?securityContext.?privileged.orValue(false)")],
  container: ({ path, container }) =>
    violationIf(
      container.securityContext?.privileged === true,
      `${path}.securityContext.privileged`,
      "is true; remove it or set it to false",
    ),
});
