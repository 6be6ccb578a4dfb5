import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Sources } from "#config/stack";

const PROJECT = "mcp-mesh";

/** The names of a stack's file and of the agents' files, from the project's root. */
export function sourceNames(root: string, stack: string): string[] {
  const agents = readdirSync(join(root, "agents")).filter((name) => name.endsWith(".yaml"));
  return [`Pulumi.${stack}.yaml`, ...agents.toSorted().map((name) => `agents/${name}`)];
}

/** The text of a file of the project. */
export const sourceText = (root: string, name: string) => readFileSync(join(root, name), "utf8");

/** What these files say of a stack, the stack's own first; without Pulumi, and without a lock. */
export function sourcesOf(files: readonly { name: string; text: string }[]): Sources {
  const [stackFile, ...agentFiles] = files;
  if (!stackFile) throw new Error("A stack needs a file.");
  const { config } = parse(stackFile.text) as { config: Record<string, unknown> };
  return {
    project: PROJECT,
    settings: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key.replace(`${PROJECT}:`, ""),
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    stackFile,
    agentFiles,
    readLock: () => undefined,
  };
}
