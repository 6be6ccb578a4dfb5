import { sourceNames, sourcesOf, sourceText } from "#config/sources";
import type { Sources } from "#config/stack";
import { projectRoot } from "#local/setup/environment";

export const stackNames = ["dev", "staging", "prod"];

type Edit = (text: string) => string;

/**
 * What the real files of a stack say, with edits by file name (`Pulumi.dev.yaml`,
 * `agents/greeter.yaml`). An edit of a file that is not there makes it.
 */
export function stackSources(stack: string, edits: Record<string, Edit> = {}): Sources {
  const names = sourceNames(projectRoot, stack);
  const texts = new Map(names.map((name) => [name, sourceText(projectRoot, name)]));
  for (const [name, edit] of Object.entries(edits)) {
    const before = texts.get(name) ?? "";
    const after = edit(before);
    if (after === before) throw new Error(`the edit of ${name} changed nothing`);
    texts.set(name, after);
  }
  return sourcesOf([...texts].map(([name, text]) => ({ name, text })));
}
