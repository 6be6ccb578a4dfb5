import { everyServer, hasHandlerInCel } from "#model/admission";
import { podRule, violationIf } from "#model/rule";
import { hasHandler, hasPorts, isLongRunning, runsAlong } from "#model/serving";

export const readinessProbe = podRule({
  id: "B2",
  name: "readiness-probe",
  title: "Every container that listens on a port has a readiness probe.",
  level: "mandatory",
  severity: "high",
  why: "Without one a pod gets requests before it can answer, and an update replaces good pods by bad.",
  fix: "Set readinessProbe to a check that fails as long as requests would.",
  admission: () => [
    everyServer(`c.?ports.orValue([]).size() == 0 || ${hasHandlerInCel("c.?readinessProbe")}`),
  ],
  container: (view, pod) => {
    const serves = isLongRunning(pod) && runsAlong(view) && hasPorts(view);
    return violationIf(
      serves && !hasHandler(view.container.readinessProbe),
      `${view.path}.readinessProbe`,
      "is missing, though the container has ports; write a check that fails until it can answer",
    );
  },
});
