import { everySecurityContext } from "#model/admission";
import type { SecurityContext } from "#model/kubernetes";
import { podRule, violationIf } from "#model/rule";

export const noRootUser = podRule({
  id: "P15",
  name: "no-root-user",
  title: "No container asks for the user ID 0.",
  level: "mandatory",
  severity: "high",
  why: "Root in a container is root on the node once anything lets it out.",
  fix: "Set securityContext.runAsUser to the image's user, such as 65532.",
  admission: () => [
    `variables.userNamespace || ${everySecurityContext("s.?runAsUser.orValue(1) != 0")}`,
  ],
  pod: ({ spec, path, userNamespace }) =>
    userNamespace ? [] : rootUser(spec.securityContext, path),
  container: ({ path, container }, { userNamespace }) =>
    userNamespace ? [] : rootUser(container.securityContext, path),
});

function rootUser(context: SecurityContext | undefined, path: string) {
  return violationIf(
    context?.runAsUser === 0,
    `${path}.securityContext.runAsUser`,
    "is 0; write the image's own user, such as 65532",
  );
}
