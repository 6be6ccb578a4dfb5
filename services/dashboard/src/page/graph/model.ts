import type { Mesh } from "../../mesh.ts";
import { type Group, groupKey, groupsOf } from "../agents/groups.ts";

/** A capability that somebody needs and nobody offers. */
export interface Missing {
  key: string;
  name: string;
  namespace: string;
}

/** All wires between two boxes. */
export interface Link {
  key: string;
  from: string;
  to: string;
  capabilities: string[];
  resolved: boolean;
}

export interface Graph {
  groups: Group[];
  missing: Missing[];
  links: Link[];
}

/** The graph of a mesh: replicas as one box, several wires between two boxes as one link. */
export function graphOf(mesh: Mesh): Graph {
  const groups = groupsOf(mesh);
  const boxOf = new Map(mesh.agents.map((agent) => [agent.id, groupKey(agent)]));
  const namespaces = new Map(mesh.agents.map(({ id, namespace }) => [id, namespace]));
  const missing = new Map<string, Missing>();
  const links = new Map<string, Link>();
  for (const { from, to, capability } of mesh.wiring) {
    const source = boxOf.get(from);
    if (source === undefined) continue;
    let target = to === undefined ? undefined : boxOf.get(to);
    const resolved = target !== undefined;
    if (target === undefined) {
      const namespace = namespaces.get(from) ?? "";
      target = `missing:${namespace}/${capability}`;
      missing.set(target, { key: target, name: capability, namespace });
    }
    const key = `${source} ${target}`;
    const link = links.get(key) ?? { key, from: source, to: target, capabilities: [], resolved };
    if (!link.capabilities.includes(capability)) link.capabilities.push(capability);
    links.set(key, link);
  }
  return { groups, missing: [...missing.values()], links: [...links.values()] };
}
