import type { AgentFigures } from "../../api.ts";
import type { Agent, Mesh, Wire } from "../../mesh.ts";

export type State = "healthy" | "degraded" | "unhealthy";

/** An agent as people know it: all its replicas, which have one name in one namespace. */
export interface Group {
  /** `namespace/name`. */
  key: string;
  name: string;
  namespace: string;
  replicas: [Agent, ...Agent[]];
  state: State;
  versions: string[];
  /** What its replicas need, each dependency once. */
  needs: Wire[];
  resolved: number;
  /** When one of them was last heard of; never for declared agents. */
  heartbeat?: number;
}

export const groupKey = ({ namespace, name }: Pick<Agent, "namespace" | "name">): string =>
  `${namespace}/${name}`;

/** The workload behind an agent: what its endpoint is called in the cluster. */
export function serviceOf({ endpoint, name }: Agent): string {
  if (!URL.canParse(endpoint)) return name;
  const [label = ""] = new URL(endpoint).hostname.split(".");
  return /^[a-z]/.test(label) ? label : name;
}

/** `healthy` and `unhealthy` if all replicas are, else `degraded`. */
export function stateOf(replicas: readonly Agent[]): State {
  const healthy = replicas.filter(({ status }) => status === "healthy").length;
  if (healthy === replicas.length) return "healthy";
  return healthy === 0 ? "unhealthy" : "degraded";
}

/** A dependency of several replicas is one; it is resolved if it is so for all of them. */
function distinctNeeds(wires: readonly Wire[]): Wire[] {
  const needs = new Map<string, Wire>();
  for (const wire of wires) {
    const key = JSON.stringify([wire.tool, wire.capability, wire.tags]);
    if (!needs.has(key) || wire.to === undefined) needs.set(key, wire);
  }
  return [...needs.values()];
}

/** The agents by name, their replicas together. */
export function groupsOf({ agents, wiring }: Mesh): Group[] {
  const wires = Map.groupBy(wiring, ({ from }) => from);
  const groups = [...Map.groupBy(agents, groupKey)].map(([key, members]): Group | undefined => {
    const [first, ...others] = members.toSorted((a, b) => a.id.localeCompare(b.id));
    if (!first) return undefined;
    const beats = members.flatMap(({ lastHeartbeat }) =>
      lastHeartbeat ? [Date.parse(lastHeartbeat)] : [],
    );
    const needs = distinctNeeds(members.flatMap(({ id }) => wires.get(id) ?? []));
    return {
      key,
      name: first.name,
      namespace: first.namespace,
      replicas: [first, ...others],
      state: stateOf(members),
      versions: [...new Set(members.map(({ version }) => version))],
      needs,
      resolved: needs.filter(({ to }) => to !== undefined).length,
      heartbeat: beats.length > 0 ? Math.max(...beats) : undefined,
    };
  });
  return groups.filter((group) => group !== undefined).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What is counted of an agent, if anything is. */
export const figuresOf = (
  figures: Record<string, AgentFigures> | undefined,
  { replicas: [first] }: Group,
): AgentFigures | undefined => figures?.[serviceOf(first)];
