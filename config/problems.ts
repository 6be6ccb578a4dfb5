import { z } from "zod";
import { closest } from "#config/suggest";

export type Path = readonly (string | number)[];

/** One thing that is wrong, said where it is. */
export interface Problem {
  file: string;
  /** Counted from 1; absent when the file does not hold the value. */
  line?: number;
  /** The key's path as a person writes it, such as `registry.replicas`. */
  key: string;
  message: string;
}

/** The configuration can't be used; the message lists every problem. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    super(
      `The configuration has ${count}; nothing was touched.\n${problems.map((each) => `  ${problemLine(each)}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

/** A problem as a person reads it. */
export function problemLine({ file, line, key, message }: Problem): string {
  return `${file}${line === undefined ? "" : `:${line}`}: ${key === "" ? "" : `${key}: `}${message}`;
}

/** `tools[0].name`; a key with a dot in it is quoted. */
export function keyText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[\w:-]+$/.test(part)) return `["${part}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}

/** What a schema found wrong, as sentences. Parse with `reportInput: true`. */
export function explain(schema: z.ZodType, error: z.ZodError): { path: Path; message: string }[] {
  const known = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    if (issue.code !== "unrecognized_keys") return [{ path, message: sentence(issue) }];
    return issue.keys.map((key) => ({ path: [...path, key], message: unknown(key, known, path) }));
  });
}

/** A key that nobody knows, or that only another choice of a union knows. */
function unknown(key: string, schema: z.core.JSONSchema.BaseSchema, path: Path): string {
  const places = placesAt(schema, path);
  const belongs = places.filter(({ node }) => node.properties?.[key]);
  const choices = belongs.flatMap(({ choice }) => choice ?? []);
  const [first] = choices;
  if (!first) {
    return `unknown key${hint(
      key,
      places.flatMap(({ node }) => Object.keys(node.properties ?? {})),
    )}`;
  }
  const words = choices.map(({ word }) => word).join(" or ");
  return `belongs to ${first.key} ${words}; leave it out or change the ${first.key}`;
}

function sentence(issue: z.core.$ZodIssue): string {
  const found = `found ${JSON.stringify(issue.input)}`;
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `is missing; give ${article(issue.expected)}`
        : `${found}; expected ${article(issue.expected)}`;
    case "invalid_value":
      return issue.input === undefined
        ? `is missing; give one of ${issue.values.join(", ")}`
        : `${found}${hint(String(issue.input), issue.values.map(String))}`;
    case "too_small":
      return `${found}; it must be at least ${issue.minimum}${unit(issue.origin)}`;
    case "too_big":
      return `${found}; it must be at most ${issue.maximum}${unit(issue.origin)}`;
    case "invalid_union": {
      const { discriminator = "", options = [] } = issue as {
        discriminator?: string;
        options?: string[];
      };
      const found: unknown = (issue.input as Record<string, unknown> | undefined)?.[discriminator];
      return found === undefined
        ? `is missing; give one of ${options.join(", ")}`
        : `found ${JSON.stringify(found)}${hint(String(found), options)}`;
    }
    case "invalid_key":
      return `the key ${issue.issues[0]?.message ?? issue.message}`;
    default:
      return issue.message;
  }
}

const unit = (origin: string) => (origin === "string" ? " character long" : "");
const article = (word: string) => `${/^[aeio]/.test(word) ? "an" : "a"} ${word}`;

/** `; did you mean "replicas"?`, or the words to choose from. */
export function hint(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return known.length === 0 ? "" : `; known: ${known.join(", ")}`;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
interface Place {
  node: JsonSchema;
  /** The word, and the key where it stands, that a person chose in a union on the way here. */
  choice?: { key: string; word: string };
}

/** The schemas that a path may lead to: in a union, one for each choice. */
function placesAt(schema: JsonSchema, path: Path): Place[] {
  let places = choicesOf({ node: schema });
  for (const part of path) {
    places = places.flatMap(({ node, ...rest }) => {
      const next = typeof part === "number" ? node.items : node.properties?.[part];
      const child: unknown = next ?? node.additionalProperties;
      return typeof child === "object" ? choicesOf({ ...rest, node: child as JsonSchema }) : [];
    });
  }
  return places;
}

function choicesOf(place: Place): Place[] {
  const branches = (place.node.oneOf ?? [place.node]) as JsonSchema[];
  if (branches.length < 2) return [place];
  return branches.map((node) => {
    const constants = Object.entries(node.properties ?? {}) as [string, JsonSchema][];
    const [key, found] = constants.find(([, child]) => child.const !== undefined) ?? [];
    return key && found ? { node, choice: { key, word: String(found.const) } } : { ...place, node };
  });
}
