import type { Agent, Mesh, Wire } from "../mesh.ts";

/** A box of the graph: the replicas of an agent, or a capability that nobody offers. */
export interface Box {
  key: string;
  name: string;
  namespace: string;
  /** Empty for a missing capability. */
  replicas: Agent[];
  /** False if it is only there because a neighbour matches the filter. */
  matches: boolean;
}

/** All wires between two boxes. */
export interface Link {
  from: string;
  to: string;
  capabilities: string[];
  resolved: boolean;
}

export interface Graph {
  boxes: Box[];
  links: Link[];
}

const keyOf = ({ namespace, name }: Agent) => `${namespace}/${name}`;

/** Whether an agent has every word of a filter somewhere in what it is and offers. */
export function agentMatches(agent: Agent, wires: Wire[], filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { id, name, namespace, mode, status, runtime, version, endpoint, description } = agent;
  const tools = agent.tools.flatMap((tool) => [tool.name, tool.capability, ...tool.tags]);
  const needs = wires.map(({ capability, to }) => `${capability} ${to ? "wired" : "unresolved"}`);
  const own = [id, name, namespace, mode, status, runtime, version, endpoint, description];
  const text = [...own, ...tools, ...needs].join("\n").toLowerCase();
  return words.every((word) => {
    // "healthy" is in "unhealthy", but does not mean it.
    if (word === "healthy") return status === word;
    return text.includes(word) || (word === "unhealthy" && status !== "healthy");
  });
}

/** The agents that match the filter, by namespace, name and id. */
export function matchingAgents({ agents, wiring }: Mesh, filter: string): Agent[] {
  const wires = Map.groupBy(wiring, ({ from }) => from);
  return agents
    .filter((agent) => agentMatches(agent, wires.get(agent.id) ?? [], filter))
    .sort((a, b) => keyOf(a).localeCompare(keyOf(b)) || a.id.localeCompare(b.id));
}

/** The graph of the agents that match, with those they are wired to. */
export function graphOf({ agents, wiring }: Mesh, matching: readonly Agent[]): Graph {
  const boxes = new Map<string, Box>();
  const boxOfAgent = new Map<string, Box>();
  const shown = new Set(matching.map(({ id }) => id));
  for (const agent of [...agents].sort((a, b) => a.id.localeCompare(b.id))) {
    const key = keyOf(agent);
    const { name, namespace } = agent;
    const box = boxes.get(key) ?? { key, name, namespace, replicas: [], matches: false };
    box.replicas.push(agent);
    box.matches ||= shown.has(agent.id);
    boxes.set(key, box);
    boxOfAgent.set(agent.id, box);
  }
  const links = new Map<string, Link>();
  for (const { from, to, capability } of wiring) {
    const source = boxOfAgent.get(from);
    if (!source) continue;
    let target = to === undefined ? undefined : boxOfAgent.get(to);
    if (!target) {
      const key = `missing:${source.namespace}/${capability}`;
      target = boxes.get(key) ?? {
        ...{ key, name: capability, namespace: source.namespace },
        ...{ replicas: [], matches: false },
      };
      boxes.set(key, target);
    }
    if (!source.matches && !target.matches) continue;
    const key = JSON.stringify([source.key, target.key]);
    const resolved = target.replicas.length > 0;
    const link = links.get(key) ?? { from: source.key, to: target.key, capabilities: [], resolved };
    if (!link.capabilities.includes(capability)) link.capabilities.push(capability);
    links.set(key, link);
  }
  const linked = new Set([...links.values()].flatMap(({ from, to }) => [from, to]));
  return {
    boxes: [...boxes.values()].filter(({ key, matches }) => matches || linked.has(key)),
    links: [...links.values()],
  };
}

/** `healthy` and `unhealthy` if all replicas are, else `degraded`; `missing` without any. */
export function statusOf({ replicas }: Box): "healthy" | "unhealthy" | "degraded" | "missing" {
  if (replicas.length === 0) return "missing";
  const healthy = replicas.filter(({ status }) => status === "healthy").length;
  if (healthy === replicas.length) return "healthy";
  return healthy === 0 ? "unhealthy" : "degraded";
}

/** How long ago, in the largest unit that fits: "4 s ago". */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 2) return "now";
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}
