import { type Located, locate, nearest, plainValue } from "#config/located";
import { keyText, type Path, type Problem } from "#config/problems";

/** A YAML file that knows on which line each of its values stands. */
export interface YamlFile {
  name: string;
  value: unknown;
  root: Located | undefined;
  /** What keeps it from being YAML at all, repeated keys included. */
  problems: Problem[];
  problemAt(path: Path, message: string, key?: string): Problem;
}

export function readYaml(name: string, text: string): YamlFile {
  const { root, problems } = locate(name, text);
  return {
    name,
    value: root && plainValue(root),
    root,
    problems,
    problemAt(path, message, key = keyText(path)) {
      const found = root && nearest(root, path);
      // A file that holds nothing of the path has no line for it either.
      if (!found || found.depth === 0) return { file: name, key, message };
      return { file: name, line: found.located.place.line, key, message };
    },
  };
}
