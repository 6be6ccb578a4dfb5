import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { say } from "#test/bench/measure";

const file = join(projectRoot, "docs/recovery.md");

/**
 * Prints the lines, and puts them in the place of what a run before found: between the comments that
 * name the part. How busy the machine was is said beside them.
 */
export function publish(part: string, lines: string[]): void {
  const load = loadavg().map((one) => one.toFixed(0));
  const date = new Date().toISOString().slice(0, 10);
  const where = `Measured on ${date}: ${cpus().length} cores, of which the whole cluster has its share; load of the last 1, 5 and 15 minutes: ${load.join(", ")}.`;
  const text = [...lines, "", where].join("\n");
  say(`\n${text}`);
  const [from, to] = [`<!-- ${part}: written by the benchmark -->`, `<!-- end of ${part} -->`];
  const page = readFileSync(file, "utf8");
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`docs/recovery.md has no place for ${part}`);
  writeFileSync(file, `${page.slice(0, start + from.length)}\n${text}\n${page.slice(end)}`);
}

/** A table as Markdown has them, the numbers on the right. */
export function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(head.map((_, index) => (index === 0 ? "---" : "---:")));
  return [line(head), rule, ...rows.map(line)];
}
