import semver from "semver";
import { z } from "zod";
import type { Dependency, Tool } from "#config/agent-schema";
import { type Located, problemIn } from "#config/located";
import { hint, type Problem } from "#config/problems";

/** Names that other parts of the stack have. */
export const RESERVED = [
  "dashboard",
  "default-deny",
  "foundation",
  "observability",
  "postgres",
  "registry",
  "release-check",
];

/** What one agent offers and needs, readable even when other parts of its file are wrong. */
export const outlineSchema = z.object({
  name: z.string(),
  tools: listOf({ capability: z.string(), version: z.string().catch("1.0.0") }),
  dependencies: listOf({
    capability: z.string(),
    version: z.string().optional().catch(undefined),
    required: z.boolean().catch(true),
  }),
});

function listOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.array(z.object({ ...shape, tags: z.array(z.string()).catch([]) })).catch([]);
}

export type Outline = z.output<typeof outlineSchema>;
type Offer = Pick<Tool, "capability" | "version" | "tags">;
type Need = Pick<Dependency, "capability" | "version" | "tags">;

/** What is wrong with the agents taken together. */
export function checkTogether(all: readonly { root: Located; outline: Outline }[]): Problem[] {
  const outlines = all.map(({ outline }) => outline);
  const waiting = deadlocked(outlines);
  return all.flatMap(({ root, outline }, index) => {
    const problems: Problem[] = [];
    const twin = all.slice(0, index).find((other) => other.outline.name === outline.name);
    if (twin) {
      const message = `two agents are named "${outline.name}"; the other is in ${twin.root.place.file}`;
      problems.push(problemIn(root, ["name"], message));
    }
    if (RESERVED.includes(outline.name)) {
      const message = `"${outline.name}" is the name of another part of the stack; choose another`;
      problems.push(problemIn(root, ["name"], message));
    }
    outline.dependencies.forEach((need, position) => {
      const message = unmet(need, outline, outlines);
      if (message) problems.push(problemIn(root, ["dependencies", position], message));
    });
    const cycle = twin ? undefined : cycleFrom(outline, waiting);
    if (cycle) {
      const message = `${cycle.join(" needs ")}: none of them can start first; make one of these dependencies "required: false"`;
      problems.push(problemIn(root, ["dependencies"], message));
    }
    return problems;
  });
}

/** Why nobody meets a need, or undefined if somebody does or it may stay open. */
function unmet(need: Outline["dependencies"][number], self: Outline, all: Outline[]) {
  if (!need.required || providers(need, self, all).length > 0) return undefined;
  const others = all.filter((other) => other.name !== self.name);
  const offers = others.flatMap(({ name, tools }) => tools.map((tool) => ({ name, ...tool })));
  const near = offers.filter((offer) => offer.capability === need.capability);
  if (near.length === 0) {
    const known = [...new Set(offers.map(({ capability }) => capability))];
    return `no other agent offers "${need.capability}"${hint(need.capability, known)}`;
  }
  const there = near.map(({ name, version, tags }) => `${name}: ${[version, ...tags].join(" ")}`);
  const wanted = [need.version, ...need.tags].filter(Boolean).join(" ");
  return `no offer of "${need.capability}" fits ${wanted}; there is ${there.join(", ")}`;
}

/** The other agents with a tool that meets a need. */
export function providers<Other extends { name: string; tools: readonly Offer[] }>(
  need: Need,
  self: { name: string },
  all: readonly Other[],
): Other[] {
  return all.filter(
    (other) => other.name !== self.name && other.tools.some((tool) => meets(tool, need)),
  );
}

/** As the registry resolves: capability, then tags, then version. `+tag` only prefers. */
function meets(offer: Offer, need: Need): boolean {
  if (offer.capability !== need.capability) return false;
  const tagsFit = need.tags.every((tag) => {
    if (tag.startsWith("+")) return true;
    return tag.startsWith("-") ? !offer.tags.includes(tag.slice(1)) : offer.tags.includes(tag);
  });
  if (!tagsFit || need.version === undefined) return tagsFit;
  return semver.validRange(need.version) && semver.valid(offer.version)
    ? semver.satisfies(offer.version, need.version)
    : offer.version === need.version;
}

/** By name: the agents that wait for each other, and for whom each of them waits first. */
function deadlocked(all: Outline[]): Map<string, string> {
  const waiting = new Map(all.map((agent) => [agent.name, agent]));
  const blocker = (agent: Outline) =>
    agent.dependencies
      .filter(({ required }) => required)
      .map((need) => providers(need, agent, all))
      .find((offers) => offers.length > 0 && offers.every(({ name }) => waiting.has(name)))?.[0];
  let before: number;
  do {
    before = waiting.size;
    for (const agent of [...waiting.values()]) if (!blocker(agent)) waiting.delete(agent.name);
  } while (waiting.size < before);
  return new Map([...waiting.values()].map((agent) => [agent.name, blocker(agent)!.name]));
}

/** The cycle that an agent closes, told once: by its first member in the alphabet. */
function cycleFrom({ name }: Outline, waiting: Map<string, string>): string[] | undefined {
  const members = [name];
  for (let next = waiting.get(name); next !== undefined; next = waiting.get(next)) {
    if (next === name) return members.toSorted()[0] === name ? [...members, name] : undefined;
    if (members.includes(next)) return undefined;
    members.push(next);
  }
  return undefined;
}
