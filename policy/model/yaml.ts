import {
  binaryTag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  Schema,
} from "js-yaml";
import { type Document, LineCounter, parseAllDocuments, type ScalarTag, type Tags } from "yaml";

/**
 * Plain scalars as Kubernetes reads them, which is how go.yaml.in/yaml/v2 does: YAML 1.1, where
 * `yes` is true and 0644 is octal, but without its timestamps and numbers to base 60.
 */
const words: Record<string, [boolean | null, string[]]> = {
  null: [null, ["", "~", "null", "Null", "NULL"]],
  true: [true, ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"]],
  false: [false, ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"]],
};
const constants = new Map(
  Object.values(words).flatMap(([value, texts]) => texts.map((text) => [text, value] as const)),
);
const integer = /^[-+]?(?:0_*[bB][01_]+|0_*[oO][0-7_]+|0_*[xX][\da-fA-F_]+|0[0-7_]*|[1-9][\d_]*)$/;
const float =
  /^(?:[-+]?(?:\.\d+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function integerOf(text: string): number {
  const digits = text.replace(/^[-+]|_/g, "").replace(/^0(?=[0-7])/, "0o");
  return text.startsWith("-") ? -Number(digits) : Number(digits);
}

function floatOf(text: string): number {
  if (/n$/i.test(text)) return Number.NaN;
  if (/f$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text.replaceAll("_", ""));
}

const digits = [..."0123456789"];
const schema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  fastTag("null", ["", "~", "n", "N"], (text) => (constants.get(text) === null ? null : undefined)),
  fastTag("bool", [..."yYnNtTfFoO"], (text) => constants.get(text) ?? undefined),
  fastTag("int", ["-", "+", ...digits], (text) =>
    integer.test(text) ? integerOf(text) : undefined,
  ),
  fastTag("float", ["-", "+", ".", ...digits], (text) =>
    float.test(text) ? floatOf(text) : undefined,
  ),
  mergeTag,
  binaryTag,
]);

function fastTag(name: string, first: string[], value: (text: string) => unknown) {
  return defineScalarTag<unknown>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    implicitFirstChars: first,
    resolve: (text) => {
      const found = value(text);
      return found === undefined ? NOT_RESOLVED : found;
    },
    identify: () => false,
  });
}

/** The same scalars for the slow reader; its own booleans and nulls are Kubernetes' already. */
const slowTags: ScalarTag[] = [
  { tag: "tag:yaml.org,2002:int", default: true, test: integer, resolve: integerOf },
  { tag: "tag:yaml.org,2002:float", default: true, test: float, resolve: floatOf },
];
const replaced = ["int", "float", "timestamp"].map((name) => `tag:yaml.org,2002:${name}`);

function withSlowTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => typeof tag === "string" || !replaced.includes(tag.tag));
  return [...kept, ...slowTags];
}

/** Where and why a text is not YAML; line and column count from 1. */
export class YamlError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/**
 * The documents of a text, as Kubernetes reads them.
 *
 * @throws YamlError where the text is not YAML.
 */
export function readYaml(text: string): unknown[] {
  try {
    return loadAll(text, { schema });
  } catch {
    // The slow reader says where the problem is; if it finds none, it decides.
    return readSlowly(text).documents.map((document) => document.toJS());
  }
}

/**
 * The same with the position of every node, at a tenth of the speed.
 *
 * @throws YamlError where the text is not YAML.
 */
export function readSlowly(text: string): { documents: Document[]; lines: LineCounter } {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    version: "1.1",
    customTags: withSlowTags,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  const documents: Document[] = Array.isArray(parsed) ? parsed : [];
  for (const { errors } of documents) {
    const [problem] = errors;
    if (!problem) continue;
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new YamlError(problem.message, line, col);
  }
  return { documents, lines };
}
