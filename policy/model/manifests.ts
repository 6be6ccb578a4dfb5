import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { fromManifest, type Subject } from "#model/subject";

export interface Manifest {
  file: string;
  /** Position of the document in its file, from 1. */
  document: number;
  subject: Subject;
}

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
 * The Kubernetes objects in one YAML or JSON file, `-` being standard input.
 *
 * @throws a sentence that says what in the file can't be read.
 */
export function manifestsIn(file: string): Manifest[] {
  const text = readText(file);
  // Kubernetes reads YAML 1.1, where `yes` is true; JSON is a subset of it.
  const documents = parseAllDocuments(text, { version: "1.1", merge: true, logLevel: "error" });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index) => {
    const problem = document.errors[0];
    if (problem)
      throw new Error(`${file} can't be read: ${firstLine(problem.message)}${hint(text)}`);
    const subjects = fromManifest(document.toJS());
    return subjects.map((subject) => ({ file, document: index + 1, subject }));
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new Error(`${file} can't be read: ${(error as Error).message}`);
  }
}

function firstLine(message: string) {
  return message.split("\n")[0]?.replace(/:$/, "");
}

function hint(text: string) {
  return text.includes("{{") ? "; it looks like a chart's template, so render the chart first" : "";
}
