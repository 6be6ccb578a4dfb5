import { everyContainer } from "#model/admission";
import type { Container, Handler } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

export const noProbeHosts = podRule({
  id: "P23",
  name: "no-probe-hosts",
  title: "Probes and lifecycle hooks talk to their own pod.",
  level: "mandatory",
  severity: "medium",
  why: "The kubelet makes these calls: a host turns it into a way to reach what the pod can't.",
  fix: "Remove host from httpGet and tcpSocket.",
  admission: () => [
    everyContainer(`[
            c.?livenessProbe, c.?readinessProbe, c.?startupProbe,
            c.?lifecycle.?postStart, c.?lifecycle.?preStop
          ].all(h, h.?httpGet.?host.orValue("") == "" && h.?tcpSocket.?host.orValue("") == "")`),
  ],
  container: ({ path, container }) =>
    handlersOf(container).flatMap(([field, handler]) =>
      (["httpGet", "tcpSocket"] as const).flatMap((action) => {
        const host = handler?.[action]?.host;
        const at = `${path}.${field}.${action}.host`;
        return violationIf(Boolean(host), at, `is ${show(host)}; remove it`);
      }),
    ),
});

function handlersOf(container: Container): [string, Handler | undefined][] {
  return [
    ["livenessProbe", container.livenessProbe],
    ["readinessProbe", container.readinessProbe],
    ["startupProbe", container.startupProbe],
    ["lifecycle.postStart", container.lifecycle?.postStart],
    ["lifecycle.preStop", container.lifecycle?.preStop],
  ];
}
