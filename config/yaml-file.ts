import { isMap, isNode, LineCounter, parseDocument } from "yaml";
import { keyText, type Path, type Problem } from "#config/problems";

/** A YAML file that knows on which line each of its values stands. */
export interface YamlFile {
  name: string;
  value: unknown;
  /** What keeps it from being YAML at all, repeated keys included. */
  problems: Problem[];
  problemAt(path: Path, message: string, key?: string): Problem;
}

export function readYaml(name: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (path: Path): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsetOf(document, path.slice(0, length));
      if (offset !== undefined) return lines.linePos(offset).line;
    }
    return undefined;
  };
  return {
    name,
    value: document.errors.length === 0 ? document.toJS() : undefined,
    problems: document.errors.map((error) => ({
      file: name,
      line: lines.linePos(error.pos[0]).line,
      key: "",
      message: error.message,
    })),
    problemAt(path, message, key = keyText(path)) {
      const line = lineOf(path);
      return { file: name, ...(line === undefined ? {} : { line }), key, message };
    },
  };
}

/** A key's own place where there is one, because a value may stand lines below its key. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === last);
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
