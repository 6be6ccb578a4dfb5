import type { Rule } from "#model/rule";
import { antiAffinity } from "#rules/availability/anti-affinity";
import { minimumReplicas } from "#rules/availability/minimum-replicas";
import { imageTag } from "#rules/images/image-tag";
import { knownInPreview } from "#rules/installers/known-in-preview";
import { opaqueInstallers } from "#rules/installers/opaque-installers";
import { allowedVolumeTypes } from "#rules/pods/allowed-volume-types";
import { apparmorProfile } from "#rules/pods/apparmor-profile";
import { baselineCapabilities } from "#rules/pods/baseline-capabilities";
import { defaultProcMount } from "#rules/pods/default-proc-mount";
import { dropAllCapabilities } from "#rules/pods/drop-all-capabilities";
import { noHostNetwork } from "#rules/pods/no-host-network";
import { noHostPathVolumes } from "#rules/pods/no-host-path-volumes";
import { noHostPidOrIpc } from "#rules/pods/no-host-pid-or-ipc";
import { noHostPorts } from "#rules/pods/no-host-ports";
import { noHostProcess } from "#rules/pods/no-host-process";
import { noPrivilegeEscalation } from "#rules/pods/no-privilege-escalation";
import { noPrivilegedContainers } from "#rules/pods/no-privileged-containers";
import { noProbeHosts } from "#rules/pods/no-probe-hosts";
import { noRootUser } from "#rules/pods/no-root-user";
import { noServiceAccountToken } from "#rules/pods/no-service-account-token";
import { readOnlyRootFileSystem } from "#rules/pods/read-only-root-file-system";
import { runAsNonRoot } from "#rules/pods/run-as-non-root";
import { safeSelinuxOptions } from "#rules/pods/safe-selinux-options";
import { safeSysctls } from "#rules/pods/safe-sysctls";
import { seccompProfile } from "#rules/pods/seccomp-profile";
import { requestsAndLimits } from "#rules/resources/requests-and-limits";
import { secretDataIsSecret } from "#rules/secrets/secret-data-is-secret";

/** Every rule, in the catalogue's order. What reports on other rules stands last. */
export const rules: readonly Rule[] = [
  noPrivilegedContainers,
  noHostPidOrIpc,
  noHostNetwork,
  noHostPorts,
  noHostPathVolumes,
  noHostProcess,
  defaultProcMount,
  safeSysctls,
  safeSelinuxOptions,
  apparmorProfile,
  seccompProfile,
  noPrivilegeEscalation,
  runAsNonRoot,
  noRootUser,
  baselineCapabilities,
  dropAllCapabilities,
  allowedVolumeTypes,
  readOnlyRootFileSystem,
  noProbeHosts,
  noServiceAccountToken,
  imageTag,
  requestsAndLimits,
  minimumReplicas,
  antiAffinity,
  secretDataIsSecret,
  opaqueInstallers,
  knownInPreview,
];
