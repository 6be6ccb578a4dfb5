import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { ownStateFolder, writeDurably } from "#local/engine/backend";
import { EXIT, UserError } from "#local/engine/errors";
import { takeLock } from "#local/engine/lock";
import { loadProject, type Project } from "#local/engine/project";
import { Stack } from "#local/engine/stack";

/** The options that every command has. */
export interface CommonOptions {
  cwd: string;
  stack?: string;
  nonInteractive?: boolean;
}

export const say = (text: string): void => void process.stdout.write(text);
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** Opens the named stack, or the selected one. */
export async function openStack(options: CommonOptions): Promise<Stack> {
  const project = loadProject(options.cwd);
  const name = options.stack ?? (await selectedStack(project));
  if (name === undefined) {
    throw new UserError("no stack selected; name one with --stack or run `pulumi stack select`");
  }
  return Stack.open(project, shortName(name), tell);
}

/** The same, if it has state. */
export async function openExisting(options: CommonOptions): Promise<Stack> {
  const stack = await openStack(options);
  if (!stack.exists) throw new UserError(`no stack named '${stack.name}' found`, EXIT.noStack);
  return stack;
}

/** The stack's own name in `[organization/[project/]]stack`. */
export const shortName = (name: string): string => name.split("/").at(-1) ?? name;

/** Whether there is someone to ask. */
export const canAsk = (options: CommonOptions): boolean =>
  options.nonInteractive !== true && process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Asks a question until the answer is yes or no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const answer = (await terminal.question(`${question} (yes/no) `)).trim();
      if (answer === "yes" || answer === "no") return answer === "yes";
    }
  } finally {
    terminal.close();
  }
}

/** Rows of text in columns; the first row holds the titles. */
export function table(rows: string[][], indent = ""): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const line = (row: string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
  return rows.map((row) => `${indent}${line(row).trimEnd()}\n`).join("");
}

export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function selectionFile(project: Project): string {
  const digest = createHash("sha1").update(project.file).digest("hex");
  return join(ownStateFolder(), "workspaces", `${project.name}-${digest}.json`);
}

/** The stack for commands that name none. */
export async function selectedStack(project: Project): Promise<string | undefined> {
  const text = await readFile(selectionFile(project), "utf8").catch(() => "{}");
  return (JSON.parse(text) as { stack?: string }).stack;
}

/** Remembers the stack for commands that name none. */
export async function selectStack(project: Project, stack: string): Promise<void> {
  await writeDurably(selectionFile(project), JSON.stringify({ stack }));
}

/** Does `work` while nobody else may change the stack. */
export async function locked(stack: Stack, work: () => Promise<unknown>): Promise<void> {
  const release = await takeLock(stack.backend.lockFolder(stack.name), tell);
  await work().finally(release);
}

/** Asks, unless told not to; throws if the answer is no or there is nobody to ask. */
export async function confirmed(
  options: CommonOptions & { yes?: boolean },
  warning: string,
): Promise<void> {
  if (options.yes) return;
  if (!canAsk(options)) {
    throw new UserError(
      "--yes must be passed in to proceed when running in non-interactive mode",
      EXIT.unconfirmed,
    );
  }
  if (!(await confirm(`${warning} Do it?`))) throw new UserError("declined");
}
