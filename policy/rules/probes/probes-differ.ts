import type { Probe } from "#model/kubernetes";
import { podRule, violationIf } from "#model/rule";
import { hasHandler } from "#model/serving";

export const probesDiffer = podRule({
  id: "B3",
  name: "probes-differ",
  title: "A container's liveness probe is not its readiness probe once more.",
  level: "mandatory",
  severity: "medium",
  why: "When both fail together, a pod that is merely busy is restarted instead of left in peace.",
  fix: "Let liveness check less than readiness does, or be more patient: a higher failureThreshold.",
  container: ({ path, container: { livenessProbe, readinessProbe } }) =>
    violationIf(
      hasHandler(livenessProbe) && meaning(livenessProbe) === meaning(readinessProbe),
      `${path}.livenessProbe`,
      "is the same as readinessProbe; check another path, or give it a higher failureThreshold",
    ),
});

/** What a probe does and when, with the defaults of what it leaves out; the same text for the same. */
function meaning(probe: Probe | undefined | null): string {
  const { exec, httpGet, tcpSocket, grpc } = probe ?? {};
  return JSON.stringify([
    exec && [exec.command],
    httpGet && [httpGet.port, httpGet.path || "/", httpGet.scheme || "HTTP", httpGet.host || ""],
    tcpSocket && [tcpSocket.port, tcpSocket.host || ""],
    grpc && [grpc.port, grpc.service || ""],
    probe?.initialDelaySeconds ?? 0,
    probe?.periodSeconds || 10,
    probe?.timeoutSeconds || 1,
    probe?.failureThreshold || 3,
  ]);
}
