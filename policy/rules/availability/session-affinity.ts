import type { Graph } from "#model/graph";
import { parseImage } from "#model/image";
import { list } from "#model/kubernetes";
import { podsBehind } from "#model/needs";
import { type Pod, podOf } from "#model/pod";
import type { StackRule, StackViolation } from "#model/rule";
import { scalableKinds, scaleOf } from "#model/scaling";
import { type Subject, shown, specOf } from "#model/subject";

/** By this a workload says that each client has a session with one of its pods. */
const annotation = "policy.mcp-mesh.dev/profile";
const relay = "session-relay";

export const sessionAffinity: StackRule = {
  id: "H18",
  name: "session-affinity",
  title: "What has sessions is one pod, or brings each request to the pod with its session.",
  level: "mandatory",
  severity: "high",
  why: "A Service sends each connection to any pod: with two of them, half of the requests meet a server that does not know their session.",
  fix: `Set replicas to 1 in what has the annotation ${annotation}: sessionful, run the session relay as a sidecar before the server, or set sessionAffinity to ClientIP in its Services.`,
  checkStack(graph, context) {
    return graph.of(...scalableKinds).flatMap((subject) =>
      context.attempt((): StackViolation[] => {
        const pod = podOf(subject);
        const { annotations } = subject.body.metadata ?? {};
        if (!pod || annotations?.[annotation] !== "sessionful") return [];
        const { max } = scaleOf(graph, subject);
        if (max < 2 || hasRelay(pod)) return [];
        const open = servicesOf(graph, pod).find(
          (service) => specOf<{ sessionAffinity: string }>(service).sessionAffinity !== "ClientIP",
        );
        if (!open) return [];
        const message = `makes up to ${max} pods, and ${shown(open)} sends each request of a session to any of them; write 1, add the session relay, or set sessionAffinity: ClientIP there`;
        return [{ subject, path: "spec.replicas", message }];
      }),
    );
  },
};

/** A sidecar, because it has to outlive the server that it stands before. */
function hasRelay({ spec }: Pod): boolean {
  return list(spec.initContainers).some(
    ({ restartPolicy, image }) =>
      restartPolicy === "Always" && parseImage(image)?.name.endsWith(`/${relay}`) === true,
  );
}

function servicesOf(graph: Graph, pod: Pod): Subject[] {
  return graph
    .of("Service")
    .filter(
      (service) =>
        specOf<{ clusterIP: string }>(service).clusterIP !== "None" &&
        podsBehind(service, graph).some(({ subject }) => subject === pod.subject),
    );
}
