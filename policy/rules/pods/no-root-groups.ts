import { everyContainer } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

export const noRootGroups = podRule({
  id: "P17",
  name: "no-root-groups",
  title: "Every container runs in a group other than root's, and gets no root group besides.",
  level: "mandatory",
  severity: "medium",
  why: "Images give much to the group 0, and a process without a runAsGroup may well be in it.",
  fix: "Set runAsGroup on the pod, such as 65532; keep 0 out of fsGroup and supplementalGroups.",
  admission: () => [
    `variables.windows || variables.userNamespace ||
      variables.podSecurity.?runAsGroup.orValue(1) != 0 && variables.podSecurity.?fsGroup.orValue(1) != 0 &&
      !(0 in variables.podSecurity.?supplementalGroups.orValue([])) && ${everyContainer(
        "c.?securityContext.?runAsGroup.or(variables.podSecurity.?runAsGroup).orValue(0) != 0",
      )}`,
  ],
  pod: ({ spec, path, windows, userNamespace }) => {
    if (windows || userNamespace) return [];
    const at = `${path}.securityContext`;
    const own = spec.securityContext;
    return [
      ...violationIf(own?.runAsGroup === 0, `${at}.runAsGroup`, isRoot),
      ...violationIf(own?.fsGroup === 0, `${at}.fsGroup`, isRoot),
      ...list(own?.supplementalGroups).flatMap((group, index) =>
        violationIf(group === 0, `${at}.supplementalGroups[${index}]`, "is 0; remove it"),
      ),
    ];
  },
  container: ({ path, container }, { spec, windows, userNamespace }) => {
    if (windows || userNamespace) return [];
    const found = container.securityContext?.runAsGroup ?? undefined;
    // Where the pod says 0, the pod's part has reported it.
    const left = found ?? spec.securityContext?.runAsGroup ?? undefined;
    return violationIf(
      found === 0 || left === undefined,
      `${path}.securityContext.runAsGroup`,
      `is ${show(found)}; write a group such as 65532 here or in the pod's securityContext`,
    );
  },
});

const isRoot = "is 0; write a group of the application's own, such as 65532";
