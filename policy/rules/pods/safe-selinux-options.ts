import { cel, everySecurityContext } from "#model/admission";
import type { SecurityContext } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

const types = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

export const safeSelinuxOptions = podRule({
  id: "P10",
  name: "safe-selinux-options",
  title: "SELinux confines every container with a container type and the default user and role.",
  level: "mandatory",
  severity: "medium",
  why: "Another type, user or role can lift the confinement that SELinux gives containers.",
  fix: `Remove user and role, and choose the type among ${types.join(", ")}.`,
  admission: () => [
    everySecurityContext(`s.?seLinuxOptions.?type.orValue("") in ${cel(["", ...types])}`),
    everySecurityContext('s.?seLinuxOptions.?user.orValue("") == ""'),
    everySecurityContext('s.?seLinuxOptions.?role.orValue("") == ""'),
  ],
  pod: ({ spec, path }) => selinuxOptions(spec.securityContext, path),
  container: ({ path, container }) => selinuxOptions(container.securityContext, path),
});

function selinuxOptions(context: SecurityContext | undefined, path: string) {
  const { type, user, role } = context?.seLinuxOptions ?? {};
  const at = `${path}.securityContext.seLinuxOptions`;
  const allowed = types.join(", ");
  return [
    ...violationIf(
      Boolean(type) && !types.includes(type ?? ""),
      `${at}.type`,
      `is ${show(type)}; remove it or use one of ${allowed}`,
    ),
    ...violationIf(Boolean(user), `${at}.user`, `is ${show(user)}; remove it`),
    ...violationIf(Boolean(role), `${at}.role`, `is ${show(role)}; remove it`),
  ];
}
