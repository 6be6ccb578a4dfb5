import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Sources } from "#config/stack";
import { projectRoot } from "#local/setup/environment";

export const stackNames = ["dev", "staging", "prod"];

type Edit = (text: string) => string;

/**
 * What the real files of a stack say, with edits by file name (`Pulumi.dev.yaml`,
 * `agents/greeter.yaml`). An edit of a file that is not there makes it.
 */
export function stackSources(stack: string, edits: Record<string, Edit> = {}): Sources {
  const read = (name: string) => readFileSync(join(projectRoot, name), "utf8");
  const agents = readdirSync(join(projectRoot, "agents")).filter((name) => name.endsWith(".yaml"));
  const names = [`Pulumi.${stack}.yaml`, ...agents.map((name) => `agents/${name}`)];
  const texts = new Map(names.map((name) => [name, read(name)]));
  for (const [name, edit] of Object.entries(edits)) {
    const before = texts.get(name) ?? "";
    const after = edit(before);
    if (after === before) throw new Error(`the edit of ${name} changed nothing`);
    texts.set(name, after);
  }
  const [stackFile, ...agentFiles] = [...texts].map(([name, text]) => ({ name, text }));
  if (!stackFile) throw new Error(`there is no stack ${stack}`);
  const { config } = parse(stackFile.text) as { config: Record<string, unknown> };
  return {
    project: "mcp-mesh",
    settings: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key.replace(/^mcp-mesh:/, ""),
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    stackFile,
    agentFiles,
    readLock: () => undefined,
  };
}
