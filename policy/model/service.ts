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
  return graph.podsWith(nameOf(service).namespace, (labels) =>
    matches({ matchLabels: selector ?? {} }, labels),
  );
}
