import { everySecurityContext } from "#model/admission";
import type { SecurityContext } from "#model/kubernetes";
import { podRule, violationIf } from "#model/rule";

export const noHostProcess = podRule({
  id: "P7",
  name: "no-host-process",
  title: "No Windows container runs as a process of its node.",
  level: "mandatory",
  severity: "high",
  why: "A HostProcess container is not contained: it runs with an account of the node.",
  fix: "Remove windowsOptions.hostProcess.",
  admission: () => [everySecurityContext("!s.?windowsOptions.?hostProcess.orValue(false)")],
  pod: ({ spec, path }) => hostProcess(spec.securityContext, path),
  container: ({ path, container }) => hostProcess(container.securityContext, path),
});

function hostProcess(context: SecurityContext | undefined, path: string) {
  return violationIf(
    context?.windowsOptions?.hostProcess === true,
    `${path}.securityContext.windowsOptions.hostProcess`,
    "is true; remove it",
  );
}
