import { automated, type Framework } from "#frameworks/framework";

// The ids are those of the checks in k8s.io/pod-security-admission/policy (v0.37), the titles those
// of https://kubernetes.io/docs/concepts/security/pod-security-standards/.

export const podSecurityBaseline: Framework = {
  id: "pss-baseline",
  title: "Pod Security Standards: baseline",
  version: "v1.37",
  controls: [
    automated("windowsHostProcess", "HostProcess", "P7"),
    automated("hostNamespaces", "Host Namespaces", "P2", "P3"),
    automated("privileged", "Privileged Containers", "P1"),
    automated("capabilities_baseline", "Capabilities", "P18"),
    automated("hostPathVolumes", "HostPath Volumes", "P5"),
    automated("hostPorts", "Host Ports", "P4"),
    automated("hostProbesAndHostLifecycle", "Host Probes / Lifecycle Hooks", "P23"),
    automated("appArmorProfile", "AppArmor", "P11"),
    automated("seLinuxOptions", "SELinux", "P10"),
    automated("procMount", "/proc Mount Type", "P8"),
    automated("seccompProfile_baseline", "Seccomp", "P12"),
    automated("sysctls", "Sysctls", "P9"),
  ],
};

export const podSecurityRestricted: Framework = {
  id: "pss-restricted",
  title: "Pod Security Standards: restricted, beyond baseline",
  version: "v1.37",
  controls: [
    automated("restrictedVolumes", "Volume Types", "P20"),
    automated("allowPrivilegeEscalation", "Privilege Escalation", "P13"),
    automated("runAsNonRoot", "Running as Non-root", "P14"),
    automated("runAsUser", "Running as Non-root user", "P15"),
    automated("procMount_restricted", "/proc Mount Type", "P8"),
    automated("seccompProfile_restricted", "Seccomp", "P12"),
    automated("capabilities_restricted", "Capabilities", "P19"),
  ],
};
