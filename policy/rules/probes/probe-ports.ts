import { everyContainer } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";
import { probeFields, targetOf } from "#model/serving";

export const probePorts = podRule({
  id: "B4",
  name: "probe-ports",
  title: "Every probe asks a port that its container declares.",
  level: "mandatory",
  severity: "medium",
  why: "A probe of an unknown name always fails, and one of another container's port tells nothing.",
  fix: "Declare the port under the container's ports, and name it in the probe.",
  admission: () => [
    everyContainer(`[c.?startupProbe, c.?livenessProbe, c.?readinessProbe].all(p,
      p.?httpGet.?host.orValue("") != "" || p.?tcpSocket.?host.orValue("") != "" ||
      [p.?httpGet.?port, p.?tcpSocket.?port, p.?grpc.?port].all(t, !t.hasValue() ||
        c.?ports.orValue([]).exists(o,
          string(t.value()) == o.?name.orValue("") || string(t.value()) == string(o.containerPort))))`),
  ],
  container: ({ path, container }) => {
    const ports = list(container.ports);
    const known = ports.map((port) => port?.name ?? port?.containerPort).filter(Boolean);
    return probeFields.flatMap((field) => {
      const target = targetOf(container[field]);
      if (!target) return [];
      const found = ports.some((port) => declares(port, target.port));
      const message = `is ${show(target.port)}, which the container does not declare; write ${known.join(" or ") || "a port that it declares"}`;
      return violationIf(!found, `${path}.${field}.${target.path}`, message);
    });
  },
});

function declares(port: { name?: string; containerPort?: number } | null, wanted: unknown) {
  // A text that no port has for a name is read as a number, as the kubelet does.
  return Boolean(wanted) && (port?.name === wanted || port?.containerPort === Number(wanted));
}
