import { nearest, plainValue } from "#config/located";
import { hint, keyText, type Path, type Problem } from "#config/problems";
import type { Variable } from "#config/variables";
import type { YamlFile } from "#config/yaml-file";

const SECRET =
  "is a secret, and what agents' files say ends in config maps; put it in a Secret, and mount that: agents.<name>.pod.volumes and volumeMounts";

/**
 * The variables that a stack declares, with the lines where it does, and its secrets among them: those
 * that Pulumi keeps encrypted in the stack's file.
 */
export function declaredVariables(
  given: unknown,
  stackFile: YamlFile,
  project: string,
): { known: Map<string, Variable>; problems: Problem[] } {
  const path = ["config", `${project}:variables`];
  const names = typeof given === "object" && given !== null ? Object.entries(given) : [];
  const known = new Map(
    names.map(([name, value]): [string, Variable] => {
      const text = typeof value === "object" ? "" : String(value);
      const { line } = stackFile.problemAt([...path, name], "");
      if (line === undefined) return [name, { text }];
      const place = { file: stackFile.name, line };
      return [name, { text, source: { key: keyText([path[1]!, name]), place } }];
    }),
  );
  const secrets = [path, ...names.map(([name]) => [...path, name])].filter((each) =>
    isEncrypted(stackFile, each),
  );
  const problems = secrets.map((each) => stackFile.problemAt(each, SECRET, keyText(each.slice(1))));
  return { known, problems };
}

function isEncrypted({ root }: YamlFile, path: Path): boolean {
  const found = root && nearest(root, path);
  if (found?.depth !== path.length) return false;
  const value = plainValue(found.located) as { secure?: unknown } | null;
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return keys.length === 1 && typeof value?.secure === "string";
}

/** The variables that nobody takes: a mistyped name with a default would go unseen otherwise. */
export function unusedVariables(
  variables: Readonly<Record<string, string>>,
  { used, problems }: { used: ReadonlySet<string>; problems: readonly Problem[] },
): [Path, string][] {
  // A file that can't be read takes what it takes.
  if (problems.length > 0) return [];
  const unknown = [...used].filter((name) => !(name in variables));
  return Object.keys(variables)
    .filter((name) => !used.has(name))
    .map((name) => [
      ["variables", name],
      `no agent's file takes it${unknown.length > 0 ? hint(name, unknown) : ""}; remove it, or write \${${name}}`,
    ]);
}
