import { isScalar, parseDocument } from "yaml";
import type { Located, Source } from "#config/located";
import { hint, keyText, type Path, type Problem } from "#config/problems";

/** What a stack says of a variable, and where. */
export interface Variable {
  text: string;
  source?: Source;
}

/** How a text is read that came from a variable: by what its place in the schema takes. */
export type Reading = "text" | "yaml" | "free";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What is escaped, a variable in its braces, or the beginning of one that has no end. */
const MARK = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** What one text becomes; `from` names the variable that it is as a whole, without its default. */
interface Filled {
  text: string;
  from?: string;
}

/** What `fill` asks, and tells. */
interface Asked {
  valueOf(name: string): string | undefined;
  /** A variable without a value and without a default. */
  unset(name: string): void;
  /** What begins like a variable and is none. */
  malformed(mark: string): void;
}

/** Puts variables into one text. */
export function fill(text: string, { valueOf, unset, malformed }: Asked): Filled {
  let from: string | undefined;
  const filled = text.replace(MARK, (mark: string, inner: string | undefined, end: string) => {
    if (inner === undefined) return "${";
    const [name = "", ...rest] = inner.split(":-");
    if (end === "" || !NAME.test(name)) {
      malformed(mark);
      return "";
    }
    const value = valueOf(name);
    // As in a shell: the default stands in for what is empty, too.
    if (rest.length > 0 && !value) return rest.join(":-");
    if (mark === text) from = name;
    if (value === undefined) unset(name);
    return value ?? "";
  });
  return from === undefined ? { text: filled } : { text: filled, from };
}

/** Puts a stack's variables into every value of a file; keys stay as they are. */
export function fillIn(
  root: Located,
  variables: ReadonlyMap<string, Variable>,
  readingAt: (path: Path) => Reading,
  used: Set<string>,
): { root: Located; problems: Problem[] } {
  const problems: Problem[] = [];
  const visit = (located: Located, path: Path): Located => {
    if (located.kind === "list") {
      return { ...located, items: located.items.map((item, at) => visit(item, [...path, at])) };
    }
    if (located.kind === "map") {
      const each = [...located.entries].map(([key, value]): [string, Located] => {
        if (/\$\{/.test(key)) {
          const message = "a key takes no variable; write it out";
          problems.push({ ...value.place, key: keyText([...path, key]), message });
        }
        return [key, visit(value, [...path, key])];
      });
      return { ...located, entries: new Map(each) };
    }
    if (typeof located.value !== "string" || !located.value.includes("${")) return located;
    const tell = (message: string) =>
      problems.push({ ...located.place, key: keyText(path), message });
    const { text, from } = fill(located.value, {
      valueOf(name) {
        used.add(name);
        return variables.get(name)?.text;
      },
      unset: (name) => tell(unset(name, [...variables.keys()])),
      malformed: (mark) =>
        tell(
          `found ${JSON.stringify(mark)}; write \${NAME} or \${NAME:-default}, and $\${ for the characters themselves`,
        ),
    });
    const reading = readingAt(path);
    const scalar = reading === "yaml" || (reading === "free" && located.plain);
    const source = from === undefined ? undefined : variables.get(from)?.source;
    return { ...located, value: scalar ? asYaml(text) : text, ...(source ? { source } : {}) };
  };
  return { root: visit(root, []), problems };
}

function unset(name: string, known: readonly string[]): string {
  const near = hint(name, known);
  return `the stack sets no variable ${name}${near}; set it in mcp-mesh:variables, or write a default: \${${name}:-…}`;
}

/** A number, a truth value or null where the text is one by itself; else the text. */
function asYaml(text: string): unknown {
  const { contents, errors } = parseDocument(text, { prettyErrors: false });
  if (errors.length > 0 || !isScalar(contents) || contents.type !== "PLAIN") return text;
  return contents.value;
}
