import semver from "semver";
import { endpointsOf } from "./endpoints.ts";
import type { Dependency, ResolvedDependency, Tool, Wiring } from "./protocol.ts";

/** What resolution needs to know of an agent, as a consumer and as a provider. */
export interface Agent {
  agent_id: string;
  name?: string | undefined;
  namespace: string;
  http_host: string;
  http_port: number;
  pod_ip?: string | undefined;
  zone?: string | undefined;
  weight?: number | undefined;
  tools: Tool[];
}

export interface Candidate {
  agent: Agent;
  tool: Tool;
}

/** The healthy agents, indexed by capability, and which of their tools can work. */
export interface Mesh {
  byCapability: Map<string, Candidate[]>;
  available: Set<Tool>;
}

/**
 * Points for a provider's tags against the wanted ones, or undefined if they don't match.
 * Plain tags are required (5 points), `+tag` preferred (10), `-tag` excluded; of a nested list one
 * has to match, and its best one counts.
 */
export function scoreTags(
  offered: readonly string[],
  wanted: readonly (string | readonly string[])[],
): number | undefined {
  const has = (tag: string) => offered.includes(tag);
  const points = (tag: string) =>
    tag.startsWith("+") ? (has(tag.slice(1)) ? 10 : 0) : has(tag) ? 5 : 0;
  let score = 0;
  for (const entry of wanted) {
    const tags = (typeof entry === "string" ? [entry] : entry).filter((tag) => tag !== "");
    if (tags.some((tag) => tag.startsWith("-") && has(tag.slice(1)))) return undefined;
    const best = Math.max(0, ...tags.filter((tag) => !tag.startsWith("-")).map(points));
    const optional = tags.length === 0 || (typeof entry === "string" && /^[+-]/.test(entry));
    if (best === 0 && !optional) return undefined;
    score += best;
  }
  return score;
}

function parseVersion(version: string): semver.SemVer | null {
  // "1" and "1.2" are versions for upstream's parser, too.
  return semver.parse(/^v?\d+(\.\d+)?$/.test(version) ? semver.coerce(version) : version, {
    loose: true,
  });
}

/** Whether a version lies in a semver range; where one of the two isn't semver, whether they are equal. */
export function matchesVersion(version: string, range: string): boolean {
  if (range === "") return true;
  const parsed = parseVersion(version);
  const comparators = semver.validRange(range.replaceAll(",", " "), { loose: true });
  if (parsed === null || comparators === null) return version === range;
  return semver.satisfies(parsed, comparators);
}

/** Orders versions upwards; what isn't semver comes before what is. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left !== null && right !== null) return left.compare(right);
  if (left !== null || right !== null) return left === null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Whether an agent is being emptied: it gets no new calls while anybody else is there. */
const isDrained = ({ agent }: Candidate) => agent.weight === 0;

/** The candidates for a dependency, best first; whether their own requirements hold is not looked at. */
function matches(mesh: Mesh, consumer: Agent, wish: Dependency): Candidate[] {
  const namespace = wish.namespace ?? consumer.namespace;
  return (mesh.byCapability.get(wish.capability) ?? [])
    .filter(({ agent }) => agent.namespace === namespace)
    .flatMap((candidate) => {
      const score = scoreTags(candidate.tool.tags, wish.tags);
      return score === undefined ? [] : [{ ...candidate, score }];
    })
    .filter(({ tool }) => matchesVersion(tool.version, wish.version))
    .sort(
      (a, b) =>
        Number(isDrained(a)) - Number(isDrained(b)) ||
        b.score - a.score ||
        compareVersions(b.tool.version, a.tool.version) ||
        compareText(a.agent.agent_id, b.agent.agent_id) ||
        compareText(a.tool.function_name, b.tool.function_name),
    );
}

/** Who can fulfil a position in a tool's dependency list, the winner first. */
function offers(mesh: Mesh, consumer: Agent, slot: Dependency[]): Candidate[] {
  for (const wish of slot) {
    const found = matches(mesh, consumer, wish).filter(({ tool }) => mesh.available.has(tool));
    if (found.length > 0) return found;
  }
  return [];
}

const isRequired = (slot: Dependency[]) => slot.some(({ required }) => required);

/** Indexes healthy agents. A tool is available once all its required dependencies are. */
export function buildMesh(agents: readonly Agent[]): Mesh {
  const mesh: Mesh = { byCapability: new Map(), available: new Set() };
  let waiting: Candidate[] = [];
  for (const agent of agents) {
    for (const tool of agent.tools) {
      const candidate = { agent, tool };
      const others = mesh.byCapability.get(tool.capability);
      if (others) others.push(candidate);
      else mesh.byCapability.set(tool.capability, [candidate]);
      if (tool.dependencies.some(isRequired)) waiting.push(candidate);
      else mesh.available.add(tool);
    }
  }
  // Growing the set until nothing changes gives one answer whatever the order, and leaves out cycles.
  for (let before = -1; before !== mesh.available.size; ) {
    before = mesh.available.size;
    waiting = waiting.filter(({ agent, tool }) => {
      if (missingRequirement(mesh, agent, tool) !== undefined) return true;
      mesh.available.add(tool);
      return false;
    });
  }
  return mesh;
}

/** The capability of the first required dependency that a tool lacks, or undefined. */
export function missingRequirement(mesh: Mesh, agent: Agent, tool: Tool): string | undefined {
  const missing = tool.dependencies.find(
    (slot) => isRequired(slot) && !offers(mesh, agent, slot)[0],
  );
  return missing?.[0]?.capability;
}

/** The address that clients dial: without a port the agent talks over stdio. */
export function endpointOf({ agent_id, http_host, http_port }: Agent): string {
  if (http_port === 0) return `stdio://${agent_id}`;
  return `http://${http_host.includes(":") ? `[${http_host}]` : http_host}:${http_port}`;
}

/** Each dependency of an agent's tools with its winner, in the order of declaration. */
export function resolveAll(
  mesh: Mesh,
  consumer: Agent,
): { tool: Tool; slot: Dependency[]; found: ResolvedDependency | undefined }[] {
  return consumer.tools.flatMap((tool) =>
    tool.dependencies.map((slot) => {
      const candidates = offers(mesh, consumer, slot);
      const [best] = candidates;
      const endpoints = endpointsOf(candidates);
      const found = best && {
        agent_id: best.agent.agent_id,
        capability: best.tool.capability,
        endpoint: endpointOf(best.agent),
        function_name: best.tool.function_name,
        ...(best.tool.kwargs && { kwargs: best.tool.kwargs }),
        status: "available" as const,
        ...(endpoints.length > 0 && { endpoints }),
        ...(best.tool.idempotent && { idempotent: true as const }),
      };
      return { tool, slot, found };
    }),
  );
}

/**
 * The wiring that a heartbeat returns. Clients bind dependencies by their position, so an
 * unresolved one before or after a resolved one keeps its place as `unavailable`.
 */
export function wiringOf(mesh: Mesh, consumer: Agent): Wiring {
  const byFunction = Map.groupBy(resolveAll(mesh, consumer), ({ tool }) => tool.function_name);
  return Object.fromEntries(
    [...byFunction]
      .filter(([, positions]) => positions.some(({ found }) => found))
      .map(([name, positions]) => [
        name,
        positions.map(
          ({ slot, found }): ResolvedDependency =>
            found ?? {
              agent_id: "",
              capability: slot[0]?.capability ?? "",
              endpoint: "",
              function_name: "",
              status: "unavailable",
            },
        ),
      ]),
  );
}
