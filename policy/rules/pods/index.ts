import type { Rule } from "#model/rule";
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
import { noRootGroups } from "#rules/pods/no-root-groups";
import { noRootUser } from "#rules/pods/no-root-user";
import { noRuntimeSockets } from "#rules/pods/no-runtime-sockets";
import { noServiceAccountToken } from "#rules/pods/no-service-account-token";
import { ownServiceAccount } from "#rules/pods/own-service-account";
import { readOnlyRootFileSystem } from "#rules/pods/read-only-root-file-system";
import { runAsNonRoot } from "#rules/pods/run-as-non-root";
import { safeSelinuxOptions } from "#rules/pods/safe-selinux-options";
import { safeSysctls } from "#rules/pods/safe-sysctls";
import { seccompProfile } from "#rules/pods/seccomp-profile";
import { serviceAccountExists } from "#rules/pods/service-account-exists";

/** In the catalogue's order. */
export const pods: readonly Rule[] = [
  noPrivilegedContainers,
  noHostPidOrIpc,
  noHostNetwork,
  noHostPorts,
  noHostPathVolumes,
  noRuntimeSockets,
  noHostProcess,
  defaultProcMount,
  safeSysctls,
  safeSelinuxOptions,
  apparmorProfile,
  seccompProfile,
  noPrivilegeEscalation,
  runAsNonRoot,
  noRootUser,
  noRootGroups,
  baselineCapabilities,
  dropAllCapabilities,
  allowedVolumeTypes,
  readOnlyRootFileSystem,
  noProbeHosts,
  noServiceAccountToken,
  ownServiceAccount,
  serviceAccountExists,
];
