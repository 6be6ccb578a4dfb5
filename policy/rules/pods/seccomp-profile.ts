import { everyContainer, everySecurityContext } from "#model/admission";
import type { ProfileField } from "#model/kubernetes";
import { mendable, mendContainers } from "#model/remedy";
import { podRule, show, violationIf } from "#model/rule";

export const seccompProfile = podRule({
  id: "P12",
  name: "seccomp-profile",
  title: "Every container runs under a seccomp profile.",
  level: "mandatory",
  severity: "high",
  why: "Without one, a container may make every system call, and most kernel exploits need a rare one.",
  fix: "Set securityContext.seccompProfile.type to RuntimeDefault on the pod.",
  settings: {
    profile: {
      enum: ["baseline", "restricted"],
      default: "restricted",
      description: "Pod Security profile; baseline lets a pod leave seccompProfile out.",
    },
  },
  admission: ({ profile }) => [
    `variables.windows || ${everySecurityContext(
      '!has(s.seccompProfile) || s.seccompProfile.type in ["RuntimeDefault", "Localhost"]',
    )}`,
    `${profile === "baseline"} || variables.windows || has(variables.podSecurity.seccompProfile) ||
      ${everyContainer("c.?securityContext.?seccompProfile.hasValue()")}`,
  ],
  pod: ({ spec, path, windows }) =>
    windows
      ? []
      : violationIf(chosenBadly(spec.securityContext?.seccompProfile), ...at(path, spec)),
  container: ({ path, container }, { spec, windows }, { settings }) => {
    const own = container.securityContext?.seccompProfile;
    const left = own ?? spec.securityContext?.seccompProfile;
    const missing = !left && settings.profile !== "baseline";
    return windows ? [] : violationIf(chosenBadly(own) || missing, ...at(path, container));
  },
  /** Gives the pod a profile where none was chosen; a choice is left to whoever made it. */
  remediate(subject, { profile }) {
    const spec = profile === "baseline" ? undefined : mendable(subject);
    if (!spec || spec.securityContext?.seccompProfile) return false;
    const open = mendContainers(spec, (c) => !c.securityContext?.seccompProfile);
    if (!open) return false;
    spec.securityContext ??= {};
    spec.securityContext.seccompProfile = { type: "RuntimeDefault" };
    return true;
  },
});

function allows(profile: ProfileField | undefined) {
  return profile?.type === "RuntimeDefault" || profile?.type === "Localhost";
}

function chosenBadly(profile: ProfileField | undefined) {
  return Boolean(profile) && !allows(profile);
}

function at(
  path: string,
  owner: { securityContext?: { seccompProfile?: ProfileField } },
): [string, string] {
  const found = show(owner.securityContext?.seccompProfile?.type);
  return [
    `${path}.securityContext.seccompProfile.type`,
    `is ${found}; write "RuntimeDefault" here or in the pod's securityContext`,
  ];
}
