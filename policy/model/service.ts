import type { Graph } from "#model/graph";
import type { Pod } from "#model/pod";
import { matches } from "#model/selector";
import { nameOf, type Subject, specOf } from "#model/subject";

export interface ServicePort {
  name?: string;
  port?: number;
  targetPort?: string | number;
  nodePort?: number;
  protocol?: string;
}

export interface ServiceSpec {
  type: string;
  selector: Record<string, string>;
  ports: ServicePort[];
  externalIPs: string[];
}

/** The pods of the stack behind a Service; undefined where it does not select its endpoints. */
export function endpointsOf(graph: Graph, service: Subject): readonly Pod[] | undefined {
  const { type, selector } = specOf<ServiceSpec>(service);
  if (type === "ExternalName" || Object.keys(selector ?? {}).length === 0) return undefined;
  return selectedBy(selector ?? {}, graph, nameOf(service).namespace);
}

const ordinal = "apps.kubernetes.io/pod-index";

/** The pods that a Service's selector finds; one by its number among those of a StatefulSet. */
export function selectedBy(
  selector: Record<string, string>,
  graph: Graph,
  namespace: string,
): readonly Pod[] {
  const { [ordinal]: index, ...matchLabels } = selector;
  const pods = graph.podsWith(namespace, (labels) => matches({ matchLabels }, labels));
  if (index === undefined) return pods;
  return pods.filter(
    ({ subject }) =>
      subject.groupKind === "apps/StatefulSet" &&
      Number(index) < (specOf<{ replicas?: number }>(subject).replicas ?? 1),
  );
}
