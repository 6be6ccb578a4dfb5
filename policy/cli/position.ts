import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import { type Manifest, type Source, sourcesIn } from "#model/manifests";
import { readSlowly } from "#model/yaml";

export interface Position {
  line: number;
  column: number;
}

/** Finds fields in files. Reads a document again, slowly, the first time that one is asked for. */
export class Positions {
  private readonly texts: ReadonlyMap<string, string>;
  private readonly sources = new Map<string, Source[]>();
  /** The findings come object by object, so the last document is enough. */
  private last: { source: Source; documents: Document[]; lines: LineCounter } | undefined;
  /** For each file a line, and the offset where it starts. */
  private readonly counted = new Map<string, { offset: number; line: number }>();

  constructor(texts: ReadonlyMap<string, string>) {
    this.texts = texts;
  }

  /** Where the field stands in the file, or its nearest ancestor if it is missing. */
  of({ file, document, path }: Manifest, field: string): Position {
    const source = this.sourceOf(file, document);
    if (!source) return { line: 1, column: 1 };
    if (this.last?.source !== source) this.last = { source, ...readSlowly(source.text) };
    const { documents, lines } = this.last;
    const found = documents[document - source.document];
    const whole = [path, field].filter(Boolean).join(".");
    const { line, col } = lines.linePos(found ? offsetOf(found, whole) : 0);
    const start = this.startOf(source);
    return {
      line: start.line + line - 1,
      column: line === 1 ? start.column + col - 1 : col,
    };
  }

  private sourceOf(file: string, document: number): Source | undefined {
    const known = this.sources.get(file) ?? sourcesIn(file, this.texts.get(file) ?? "");
    this.sources.set(file, known);
    // A file with directives is one source of several documents.
    return known[document - 1] ?? known.at(-1);
  }

  /** Counts lines on from the last document asked for: they come in their order. */
  private startOf({ file, start }: Source): Position {
    const text = this.texts.get(file) ?? "";
    const known = this.counted.get(file);
    let { offset, line } = known && known.offset <= start ? known : { offset: 0, line: 1 };
    for (;;) {
      const next = text.indexOf("\n", offset);
      if (next < 0 || next >= start) break;
      offset = next + 1;
      line += 1;
    }
    this.counted.set(file, { offset, line });
    return { line, column: start - offset + 1 };
  }
}

/** The offset of the key or item that the path leads to, as far as there is one. */
function offsetOf(document: Document, path: string): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  let rest = path;
  while (rest) {
    if (isAlias(node)) node = node.resolve(document);
    const step = isSeq(node) ? intoList(node.items, rest) : intoMap(node, rest);
    if (!step) break;
    ({ node, rest } = step);
    offset = step.offset ?? offset;
  }
  return offset;
}

interface Step {
  node: unknown;
  offset: number | undefined;
  rest: string;
}

function intoList(items: readonly unknown[], path: string): Step | undefined {
  const match = /^\[(\d+)\]\.?/.exec(path);
  const item = match && items[Number(match[1])];
  return item
    ? { node: item, offset: startOf(item), rest: path.slice(match[0].length) }
    : undefined;
}

/** A key may have dots itself, so the longest that fits is meant. */
function intoMap(node: unknown, path: string): Step | undefined {
  if (!isMap(node)) return undefined;
  const steps = node.items.flatMap(({ key, value }): (Step & { length: number })[] => {
    const name = String(isScalar(key) ? key.value : key);
    const written = [name, `["${name}"]`].find(
      (form) => path === form || (path.startsWith(form) && /[.[]/.test(path[form.length] ?? "")),
    );
    if (written === undefined) return [];
    const rest = path.slice(written.length).replace(/^\./, "");
    return [{ node: value, offset: startOf(key), rest, length: written.length }];
  });
  return steps.sort((a, b) => b.length - a.length)[0];
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
