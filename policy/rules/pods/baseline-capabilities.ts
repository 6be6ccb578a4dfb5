import { cel, everyContainer } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

const baseline = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);

export const baselineCapabilities = podRule({
  id: "P18",
  name: "baseline-capabilities",
  title: "No container adds a capability beyond those that runtimes give by default.",
  level: "mandatory",
  severity: "high",
  why: "Capabilities such as SYS_ADMIN or NET_ADMIN reach the node or its other pods.",
  fix: "Remove the capability from securityContext.capabilities.add.",
  admission: () => [
    everyContainer(
      `c.?securityContext.?capabilities.?add.orValue([]).all(a, a in ${cel([...baseline])})`,
    ),
  ],
  container: ({ path, container }) =>
    list(container.securityContext?.capabilities?.add).flatMap((capability, index) =>
      violationIf(
        !baseline.has(capability),
        `${path}.securityContext.capabilities.add[${index}]`,
        `is ${show(capability)}, which runtimes do not give by default; remove it`,
      ),
    ),
});
