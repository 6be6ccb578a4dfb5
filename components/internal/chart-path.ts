import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";

/** This file; `import.meta` and `__dirname` are each missing in one of the ways that it is loaded. */
const [here] = getCallSites(1);
const file = here?.scriptName ?? "";
const folder = resolve(file.startsWith("file:") ? fileURLToPath(file) : file, "../../../charts");

/**
 * Where one of the project's charts is, seen from the running program: the provider looks from there,
 * and a path that starts at the root of this machine's disk would differ in everybody's state.
 */
export function chartPath(chart: string): string {
  return `./${relative(process.cwd(), join(folder, chart))}`;
}
