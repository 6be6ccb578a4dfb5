import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { BASES } from "#config/bases";
import type { Sources } from "#config/stack";

const PROJECT = "mcp-mesh";

/** The names of the agents' files and of their bases, from the project's root. */
export function agentFileNames(root: string): string[] {
  return ["agents/", BASES].flatMap((folder) => {
    const path = join(root, folder);
    const names = existsSync(path) ? readdirSync(path) : [];
    const files = names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
    return files.map((name) => `${folder}${name}`);
  });
}

/** The names of a stack's file and of the agents' files, from the project's root. */
export const sourceNames = (root: string, stack: string) => [
  `Pulumi.${stack}.yaml`,
  ...agentFileNames(root),
];

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
