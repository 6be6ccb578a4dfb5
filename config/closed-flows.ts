import type { Agent } from "#config/agent-schema";
import type { Flow } from "#config/flows";
import type { Path } from "#config/problems";

interface Found {
  agent: string;
  path: Path;
  message: string;
}

const URL_HOST = /\b[a-z][a-z0-9+.-]*:\/\/(?:[^\s/@]*@)?([a-z0-9][a-z0-9.-]*)(?::(\d+))?/gi;

/**
 * The addresses of the stack's own workloads in agents' settings, to which no declared dependency opens
 * the way: the network policies would close it, and nobody would say why.
 */
export function closedFlows(
  agents: readonly Agent[],
  graph: readonly Flow[],
  namespace: string,
): Found[] {
  const workloads = new Set(graph.flatMap(({ from, to }) => [from, to]));
  return agents.flatMap((agent) =>
    [...texts(agent.env, ["env"]), ...texts(agent.config, ["config"])].flatMap(({ text, path }) =>
      [...text.matchAll(URL_HOST)].flatMap(([, host = ""]): Found[] => {
        const to = workloadOf(host.toLowerCase(), namespace);
        if (to === undefined || !workloads.has(to) || to === agent.name) return [];
        if (graph.some((flow) => flow.from === agent.name && flow.to === to)) return [];
        const offers = agents.find(({ name }) => name === to)?.tools ?? [];
        return [{ agent: agent.name, path, message: closed(to, agent, offers) }];
      }),
    ),
  );
}

function closed(to: string, { mode }: Agent, offers: Agent["tools"]): string {
  const way =
    offers.length === 0
      ? "leave it out"
      : mode === "vanilla"
        ? "only a mesh agent may call others: use mode: mesh and dependencies"
        : `declare what it needs of it under dependencies: ${offers.map(({ capability }) => capability).join(", ")}`;
  return `leads to ${to}, and the network policies close that way; ${way}`;
}

/** The workload that a Service's name stands for, if it is one of the namespace. */
function workloadOf(host: string, namespace: string): string | undefined {
  const [name, of = namespace, kind = "svc", ...cluster] = host.split(".");
  const inside = of === namespace && kind === "svc";
  return inside && ["", "cluster.local"].includes(cluster.join(".")) ? name : undefined;
}

function texts(value: unknown, path: Path): { text: string; path: Path }[] {
  if (typeof value === "string") return [{ text: value, path }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    texts(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The agents that neither another agent nor the stack's gateway leads to. */
export function unreached(
  agents: readonly Agent[],
  graph: readonly Flow[],
  exposed: (name: string) => boolean,
): Found[] {
  return agents
    .filter(({ name }) => !exposed(name))
    .filter(({ name }) => !graph.some(({ from, to }) => to === name && from !== "release-check"))
    .map(({ name }) => ({
      agent: name,
      path: ["name"],
      message: `no agent depends on ${name}, and no route or ingress leads to it: nobody can call it; set mcp-mesh:agents.${name}.route, or remove it`,
    }));
}
