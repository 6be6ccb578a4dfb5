import { everyServer, hasHandlerInCel } from "#model/admission";
import { podRule, violationIf } from "#model/rule";
import { hasHandler, isLongRunning, runsAlong } from "#model/serving";

export const livenessProbe = podRule({
  id: "B1",
  name: "liveness-probe",
  title: "Every container that runs on and on, sidecars included, has a liveness probe.",
  level: "mandatory",
  severity: "high",
  why: "A process that hangs stays as it is: only a probe lets the kubelet restart it.",
  fix: "Set livenessProbe to a cheap check of the process itself, not of what it depends on.",
  admission: () => [everyServer(hasHandlerInCel("c.?livenessProbe"))],
  container: (view, pod) =>
    violationIf(
      isLongRunning(pod) && runsAlong(view) && !hasHandler(view.container.livenessProbe),
      `${view.path}.livenessProbe`,
      "is missing; write a check of the process itself, such as httpGet on a path of its own",
    ),
});
