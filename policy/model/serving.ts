import { type Handler, list, type Probe } from "#model/kubernetes";
import type { ContainerView, Pod } from "#model/pod";

const controllers = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
];

/** Whether the pod runs until something stops it, rather than until its work is done. */
export function isLongRunning({ subject: { kind }, spec }: Pod): boolean {
  return (
    controllers.includes(kind) || (kind === "Pod" && (spec.restartPolicy ?? "Always") === "Always")
  );
}

/** Whether a container runs as long as its pod: a regular one, or a sidecar among the first. */
export function runsAlong({ group, container }: ContainerView): boolean {
  return (
    group === "containers" || (group === "initContainers" && container.restartPolicy === "Always")
  );
}

/** Whether a container says that others connect to it. */
export function hasPorts({ container }: ContainerView): boolean {
  return list(container.ports).length > 0;
}

/** Whether a probe or hook does anything. */
export function hasHandler(probe: Handler | undefined | null): boolean {
  return Boolean(probe && (probe.exec || probe.httpGet || probe.tcpSocket || probe.grpc));
}

export const probeFields = ["startupProbe", "livenessProbe", "readinessProbe"] as const;

/**
 * Where in a probe its port stands, and which it is; undefined for a command, and for a probe of
 * another host, which is P23's matter.
 */
export function targetOf(probe: Probe | undefined | null) {
  const { httpGet, tcpSocket, grpc } = probe ?? {};
  if (httpGet?.host || tcpSocket?.host) return undefined;
  if (httpGet) return { path: "httpGet.port", port: httpGet.port };
  if (tcpSocket) return { path: "tcpSocket.port", port: tcpSocket.port };
  return grpc && { path: "grpc.port", port: grpc.port };
}
