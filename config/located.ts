import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { keyText, type Path, type Problem } from "#config/problems";

/** Where a value stands; of a value with a key, where the key does. Lines count from 1. */
export interface Place {
  file: string;
  line: number;
}

/** A stack's variable that a value was taken from as a whole: the mistake is there, not here. */
export interface Source {
  key: string;
  place: Place;
}

/** What YAML holds, with the place of each of its parts, which a merge does not change. */
export type Located = { place: Place } & (
  | { kind: "map"; entries: ReadonlyMap<string, Located> }
  | { kind: "list"; items: readonly Located[] }
  | { kind: "scalar"; value: unknown; plain: boolean; source?: Source }
);

/** More than any file of a person's; what is beyond it is an alias that multiplies itself. */
const MOST_VALUES = 10_000;
const MOST_LEVELS = 60;

/** Reads a YAML text. Throws nothing: each problem has its line, and with any there is no root. */
export function locate(file: string, text: string): { root?: Located; problems: Problem[] } {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const tell = (line: number, message: string) => problems.push({ file, line, key: "", message });
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      tell(lines.linePos(pos[0]).line, message);
    }
    if (problems.length > 0) return { problems };
    const root = new Reader(file, document, lines, tell).read(document.contents);
    return problems.length > 0 ? { problems } : { root, problems };
  } catch (error) {
    // The parser's own recursion ends before ours where somebody nests thousands of brackets.
    if (!(error instanceof RangeError)) throw error;
    tell(1, `is nested more than ${MOST_LEVELS} levels deep`);
    return { problems };
  }
}

class Reader {
  private readonly file: string;
  private readonly document: ReturnType<typeof parseDocument>;
  private readonly lines: LineCounter;
  private readonly tell: (line: number, message: string) => void;
  private count = 0;

  constructor(
    file: string,
    document: ReturnType<typeof parseDocument>,
    lines: LineCounter,
    tell: (line: number, message: string) => void,
  ) {
    this.file = file;
    this.document = document;
    this.lines = lines;
    this.tell = tell;
  }

  read(node: unknown, place = this.placeOf(node), level = 0): Located {
    this.count++;
    const nothing: Located = { place, kind: "scalar", value: null, plain: true };
    if (level > MOST_LEVELS || this.count > MOST_VALUES) {
      const message =
        level > MOST_LEVELS
          ? `is nested more than ${MOST_LEVELS} levels deep`
          : `holds more than ${MOST_VALUES} values; does an alias repeat itself?`;
      // Once: what is too much is too much in many places.
      if (this.count < 2 * MOST_VALUES) this.tell(place.line, message);
      this.count = 2 * MOST_VALUES;
      return nothing;
    }
    if (isAlias(node)) return this.read(node.resolve(this.document), place, level + 1);
    if (isMap(node)) {
      const entries = new Map<string, Located>();
      for (const { key, value } of node.items) {
        const at = this.placeOf(key, place);
        if (!isScalar(key)) this.tell(at.line, "a key must be plain text");
        else if (entries.has(String(key.value))) this.tell(at.line, `repeats the key ${key.value}`);
        else entries.set(String(key.value), this.read(value, at, level + 1));
      }
      return { place, kind: "map", entries };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item, this.placeOf(item, place), level + 1));
      return { place, kind: "list", items };
    }
    if (!isScalar(node)) return nothing;
    return { place, kind: "scalar", value: node.value, plain: node.type === "PLAIN" };
  }

  private placeOf(node: unknown, otherwise: Place = { file: this.file, line: 1 }): Place {
    const offset = (node as Node | null)?.range?.[0];
    if (offset === undefined) return otherwise;
    return { file: this.file, line: Math.max(1, this.lines.linePos(offset).line) };
  }
}

/** The value alone, as JSON would hold it. */
export function plainValue(located: Located): unknown {
  switch (located.kind) {
    case "map":
      return Object.fromEntries([...located.entries].map(([key, each]) => [key, plainValue(each)]));
    case "list":
      return located.items.map(plainValue);
    case "scalar":
      return located.value;
  }
}

/** What stands at a path, or the nearest thing around it, and how many parts of the path lead there. */
export function nearest(root: Located, path: Path): { located: Located; depth: number } {
  let located = root;
  for (const [depth, part] of path.entries()) {
    const next =
      located.kind === "map"
        ? located.entries.get(String(part))
        : located.kind === "list"
          ? located.items[Number(part)]
          : undefined;
    if (!next) return { located, depth };
    located = next;
  }
  return { located, depth: path.length };
}

/** A problem at a path, told where the value really stands: here, in a base, or in the stack's file. */
export function problemIn(root: Located, path: Path, message: string): Problem {
  const { located } = nearest(root, path);
  const { place } = located;
  const key = keyText(path);
  if (located.kind !== "scalar" || !located.source) return { ...place, key, message };
  const { source } = located;
  const used = `${place.file}:${place.line}: ${key}`;
  return { ...source.place, key: source.key, message: `${message} (used in ${used})` };
}
