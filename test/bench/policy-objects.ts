import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const file = join(import.meta.dirname, "..", "..", "policy", "examples", "mesh.yaml");

/**
 * At least so many objects as YAML: the application of the rules' examples again and again, each in
 * a namespace and under host names of its own. Together they are one stack that keeps every rule.
 */
export function policyObjects(total: number): { text: string; objects: number }[] {
  const application = readFileSync(file, "utf8");
  const objects = application.split(/^---$/m).length;
  return Array.from({ length: Math.ceil(total / objects) }, (_, index) => ({
    text: application
      .replaceAll(/(?<![\w-])mesh(?![\w-])/g, `mesh-${index}`)
      .replaceAll(/\bexample\.org\b/g, `mesh-${index}.example.org`),
    objects,
  }));
}

/** Writes them to a folder, a file for each application; says how many objects they are. */
export function writePolicyObjects(folder: string, total: number): number {
  mkdirSync(folder, { recursive: true });
  const applications = policyObjects(total);
  for (const [index, { text }] of applications.entries()) {
    writeFileSync(join(folder, `application-${String(index).padStart(5, "0")}.yaml`), text);
  }
  return applications.reduce((sum, { objects }) => sum + objects, 0);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [folder, total = "50000"] = process.argv.slice(2);
  if (!folder) throw new Error("say a folder to write to, and how many objects");
  process.stdout.write(`${writePolicyObjects(folder, Number(total))} objects\n`);
}
