import type { AgentFigures } from "../../api.ts";
import type { Group } from "./groups.ts";

/** Whether an agent has every word of a filter somewhere in what it is, offers and needs. */
export function matches(group: Group, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const of = group.replicas.flatMap((replica) => {
    const { id, mode, status, runtime, version, endpoint, description } = replica;
    const tools = replica.tools.flatMap((tool) => [tool.name, tool.capability, ...tool.tags]);
    return [id, mode, status, runtime, version, endpoint, description, ...tools];
  });
  const needs = group.needs.map(
    ({ capability, to }) => `${capability} ${to === undefined ? "unresolved" : "wired"}`,
  );
  const text = [group.name, group.namespace, group.state, ...of, ...needs].join("\n").toLowerCase();
  return words.every((word) => {
    // "healthy" is in "unhealthy", but does not mean it.
    if (word === "healthy") return group.state === word;
    return text.includes(word) || (word === "unhealthy" && group.state !== "healthy");
  });
}

export const sortings = ["name", "state", "calls", "errors", "sessions", "heartbeat"] as const;
export type Sorting = (typeof sortings)[number];

const severity = { unhealthy: 0, degraded: 1, healthy: 2 };

/** Agents with what is worth a look first: the worst state, most calls, oldest heartbeat. */
export function sorted(
  groups: readonly Group[],
  by: Sorting,
  figures: (group: Group) => AgentFigures | undefined,
): Group[] {
  const rank: Record<Sorting, (group: Group) => number> = {
    name: () => 0,
    state: ({ state }) => severity[state],
    calls: (group) => -(figures(group)?.callsPerSecond ?? -1),
    errors: (group) => -(figures(group)?.errorRatio ?? -1),
    sessions: (group) => -(figures(group)?.sessions ?? -1),
    heartbeat: ({ heartbeat }) => heartbeat ?? Number.POSITIVE_INFINITY,
  };
  const ranks = new Map(groups.map((group) => [group, rank[by](group)]));
  const of = (group: Group) => ranks.get(group) ?? 0;
  return groups.toSorted((a, b) => (of(a) === of(b) ? 0 : of(a) - of(b)));
}
