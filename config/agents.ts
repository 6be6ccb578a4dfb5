import type { z } from "zod";
import { type Agent, agentSchema, versionOfTag } from "#config/agent-schema";
import { inherit } from "#config/bases";
import { checkTogether, type Outline, outlineSchema } from "#config/dependencies";
import { jsonSchema, type Schema } from "#config/generate/json-schema";
import { type Located, locate, plainValue, problemIn } from "#config/located";
import { explain, type Path, type Problem } from "#config/problems";
import { fillIn, type Reading, type Variable } from "#config/variables";

export interface AgentFiles {
  agents: Agent[];
  /** The names of those that the stack does without: checked each by itself, and then left out. */
  absent: ReadonlySet<string>;
  problems: Problem[];
  /** The variables that some file takes. */
  used: ReadonlySet<string>;
  /** Tells a problem with a part of an agent where it stands. */
  at: (agent: string, path: Path, message: string) => Problem;
}

/** Reads and checks the agents' files and their bases, each by itself and all together. */
export function readAgents(
  files: readonly { name: string; text: string }[],
  variables: ReadonlyMap<string, Variable>,
  unwanted: ReadonlySet<string> = new Set(),
): AgentFiles {
  const problems: Problem[] = [];
  const used = new Set<string>();
  const roots = new Map<string, Located>();
  for (const { name, text } of files) {
    const read = locate(name, text);
    problems.push(...read.problems);
    if (!read.root) continue;
    const filled = fillIn(read.root, variables, readingAt, used);
    problems.push(...filled.problems);
    roots.set(name, filled.root);
  }
  const inherited = inherit(roots);
  problems.push(...inherited.problems);
  const agents: Agent[] = [];
  const all: { root: Located; outline: Outline }[] = [];
  const absent = new Set<string>();
  for (const root of inherited.agents.values()) {
    const value = plainValue(root);
    const parsed = agentSchema.safeParse(value, { reportInput: true });
    if (!parsed.success) problems.push(...explained(parsed.error, root));
    const outline = outlineSchema.safeParse(value);
    if (outline.success && unwanted.has(outline.data.name)) {
      absent.add(outline.data.name);
      continue;
    }
    if (parsed.success) agents.push(complete(parsed.data));
    if (outline.success) all.push({ root, outline: outline.data });
  }
  return {
    agents,
    absent,
    problems: unique([...problems, ...checkTogether(all)]),
    used,
    at(name, path, message) {
      const found = all.find(({ outline }) => outline.name === name);
      return found ? problemIn(found.root, path, message) : { file: "agents", key: name, message };
    },
  };
}

const explained = (error: z.ZodError, root: Located) =>
  explain(agentSchema, error).map(({ path, message }) => problemIn(root, path, message));

/** The version follows the image's tag. */
function complete(agent: z.output<typeof agentSchema>): Agent {
  const { name, version = versionOfTag(agent.image.tag) ?? "" } = agent;
  return Object.assign({ name, version }, agent, { version });
}

/** What is wrong in a base is wrong in every agent that extends it, and told once. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

const schema = jsonSchema(agentSchema);

/** How a variable's text is read at a path: by what the schema takes there. */
export function readingAt(path: Path): Reading {
  let place: Schema | undefined = schema;
  for (const part of path) {
    const next: unknown =
      typeof part === "number"
        ? place.items
        : (place.properties?.[part] ?? place.additionalProperties);
    // Beyond what the schema describes, an agent's own settings may be anything.
    if (typeof next !== "object") return "free";
    place = next as Schema;
  }
  if (["integer", "number", "boolean"].includes(String(place.type))) return "yaml";
  return place.type === undefined && place.title === undefined ? "free" : "text";
}
