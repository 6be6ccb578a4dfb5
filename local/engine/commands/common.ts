import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { ownStateFolder, writeDurably } from "#local/engine/backend";
import { UserError } from "#local/engine/errors";
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

/** The stack's own name in `[organization/[project/]]stack`. */
export const shortName = (name: string): string => name.split("/").at(-1) ?? name;

/** Whether there is someone to ask. */
export const canAsk = (options: CommonOptions): boolean =>
  options.nonInteractive !== true && process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Asks a question until the answer is one of `answers`. */
export async function ask(question: string, answers: readonly string[]): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const answer = (await terminal.question(`${question} (${answers.join("/")}) `)).trim();
      if (answers.includes(answer)) return answer;
    }
  } finally {
    terminal.close();
  }
}

function selectionFile(project: Project): string {
  const digest = createHash("sha1").update(project.file).digest("hex");
  return join(ownStateFolder(), "workspaces", `${project.name}-${digest}.json`);
}

async function selectedStack(project: Project): Promise<string | undefined> {
  const text = await readFile(selectionFile(project), "utf8").catch(() => "{}");
  return (JSON.parse(text) as { stack?: string }).stack;
}

/** Remembers the stack for commands that name none. */
export async function selectStack(project: Project, stack: string): Promise<void> {
  await writeDurably(selectionFile(project), JSON.stringify({ stack }));
}

/** The selected stack's name, for `stack ls`. */
export const currentSelection = selectedStack;
