import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { fromCheckpoint } from "#model/checkpoint";
import { fromManifest, type Subject } from "#model/subject";
import { readYaml, YamlError } from "#model/yaml";

export interface Manifest {
  file: string;
  /** Position of the document in its file, from 1. */
  document: number;
  subject: Subject;
  /** Where the object stands in its document, such as `items[3]`; empty if it is the document. */
  path: string;
}

/** One document of a file, not yet read. */
export interface Source {
  file: string;
  document: number;
  text: string;
  /** Where the text starts in the file. */
  start: number;
}

/** An object in a text; a text that could not be split has several documents, counted from 0. */
export interface Found extends Pick<Manifest, "subject" | "path"> {
  offset: number;
}

/** What stands in a text, or why it can't be read. */
export type Reading = { objects: Found[] } | { problem: Problem };
export type Problem = Pick<YamlError, "message" | "line" | "column">;

const extensions = [".yaml", ".yml", ".json"];

/**
 * The manifest files that a path stands for: itself, or everything below a folder, sorted.
 *
 * @throws a sentence if there is nothing at the path, or the folder has no manifests.
 */
export function filesIn(path: string): string[] {
  if (path === "-") return [path];
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new Error(`there is no file or folder at ${path}`);
  if (!stat.isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => extensions.includes(extname(file)) && !file.includes("node_modules/"))
    .map((file) => join(path, file))
    .sort();
  if (files.length === 0) throw new Error(`no ${extensions.join(", ")} file in ${path}`);
  return files;
}

/**
 * The text of a file, `-` being standard input.
 *
 * @throws a sentence that says why it can't be read.
 */
export function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new Error(`${file} can't be read: ${(error as Error).message}`);
  }
}

/**
 * The documents of a file, split where a line starts with `---`: YAML allows that nowhere else,
 * not even inside a text. They count as YAML counts them: comments before the first marker belong
 * to the document after it.
 */
export function sourcesIn(file: string, text: string): Source[] {
  const source = (start: number, end: number) => ({ file, start, text: text.slice(start, end) });
  const sources = [];
  if (isJson(text) || /^%/m.test(text)) {
    // A directive belongs to the document after it, so such a file stays whole.
    sources.push(source(0, text.length));
  } else {
    let start = 0;
    for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) {
      if (start > 0 || !isBlank(text.slice(0, index))) sources.push(source(start, index));
      start = index + 3;
    }
    sources.push(source(start, text.length));
  }
  return sources.map((each, index) => ({ ...each, document: index + 1 }));
}

/** The objects in a document's text: a manifest, a list of them, or a stack's state. */
export function readSource(text: string): Reading {
  try {
    const documents = isJson(text) ? readJson(text) : readYaml(text);
    return { objects: documents.flatMap(objectsIn) };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { message, line, column } = error;
    return { problem: { message, line, column } };
  }
}

/** The sentence for a document that can't be read, with its place in the whole file. */
export function unreadable({ file, start }: Source, problem: Problem, text: string): Error {
  const before = text.slice(0, start).split("\n");
  const line = before.length - 1 + problem.line;
  const column =
    problem.line === 1 ? (before.at(-1) ?? "").length + problem.column : problem.column;
  const hint = text.includes("{{")
    ? "; it looks like a chart's template, so render the chart first"
    : "";
  return new Error(
    `${file} can't be read: ${problem.message} at line ${line}, column ${column}${hint}`,
  );
}

/**
 * The Kubernetes objects in one file, `-` being standard input.
 *
 * @throws a sentence that says what in the file can't be read.
 */
export function manifestsIn(file: string): Manifest[] {
  const text = textOf(file);
  return sourcesIn(file, text).flatMap((source) => {
    const reading = readSource(source.text);
    if ("problem" in reading) throw unreadable(source, reading.problem, text);
    return reading.objects.map((found) => manifestOf(source, found));
  });
}

export function manifestOf({ file, document }: Source, { subject, path, offset }: Found): Manifest {
  return { file, document: document + offset, subject, path };
}

function objectsIn(document: unknown, offset: number): Found[] {
  const recorded = fromCheckpoint(document);
  if (!recorded) return placed("", document, fromManifest(document), offset);
  return recorded.flatMap(({ path, inputs, subjects }) => placed(path, inputs, subjects, offset));
}

/** A list's items are told by their number; a list in a list is too rare to be told. */
function placed(path: string, body: unknown, subjects: Subject[], offset: number): Found[] {
  const prefix = path && `${path}.`;
  return subjects.map((subject, index) => ({
    subject,
    path: subject.body === body ? path : `${prefix}items[${index}]`,
    offset,
  }));
}

function isJson(text: string): boolean {
  return /^\s*\{\s*["}]/.test(text);
}

/** JSON that is not quite JSON may still be YAML. */
function readJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return readYaml(text);
  }
}

function isBlank(text: string): boolean {
  return !/^[^\S\n]*[^\s#]/m.test(text);
}
