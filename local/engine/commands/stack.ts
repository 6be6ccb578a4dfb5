import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { FileBackend } from "#local/engine/backend";
import { encodeResource, type RawDeployment } from "#local/engine/checkpoint";
import type { Context } from "#local/engine/cli";
import {
  ask,
  type CommonOptions,
  canAsk,
  currentSelection,
  openStack,
  say,
  selectStack,
  shortName,
  tell,
} from "#local/engine/commands/common";
import { EXIT, UserError } from "#local/engine/errors";
import { showValue } from "#local/engine/format";
import { breakLocks, takeLock } from "#local/engine/lock";
import { outputsOf } from "#local/engine/operation";
import { loadProject, readNamed } from "#local/engine/project";
import { Stack } from "#local/engine/stack";
import { EMPTY, isDefaultProvider } from "#local/engine/state";
import { type Props, reveal, Secret } from "#local/engine/value";
import { toWire } from "#local/engine/wire";

interface Options extends CommonOptions {
  json?: boolean;
  showSecrets?: boolean;
  file?: string;
  create?: boolean;
  yes?: boolean;
  force?: boolean;
  preserveConfig?: boolean;
}

/** Adds `stack …` and `cancel`. */
export function addStackCommands(program: Command, _context: Context): void {
  const stack = program.command("stack").description("Work with stacks");
  const verb = (name: string, text: string) => stack.command(name).description(text);
  verb("init", "Make a stack without resources")
    .argument("[name]")
    .option("--secrets-provider <kind>", "passphrase is the only one", onlyPassphrase)
    .option("--no-select", "do not select it")
    .action(init);
  verb("select", "Choose the stack for commands that name none")
    .argument("[name]")
    .option("-c, --create", "make it if it is missing")
    .action(select);
  verb("ls", "List the project's stacks").option("-j, --json", "as JSON").action(list);
  verb("output", "Show the stack's outputs")
    .argument("[name]")
    .option("-j, --json", "as JSON")
    .option("--show-secrets", "in clear")
    .action(output);
  verb("export", "Print the stack's state")
    .option("--file <path>", "write it to a file")
    .option("--show-secrets", "in clear")
    .action(exportState);
  verb("import", "Replace the stack's state")
    .option("--file <path>", "read it from a file")
    .option("-f, --force", "although the state names another stack")
    .action(importState);
  verb("rm", "Remove an empty stack")
    .argument("[name]")
    .option("-y, --yes", "without asking")
    .option("-f, --force", "although it has resources")
    .option("--preserve-config", "keep its configuration file")
    .action(remove);
  program
    .command("cancel")
    .argument("[name]")
    .description("Remove the locks of a stack")
    .option("-y, --yes", "without asking")
    .action(cancel);
}

function onlyPassphrase(kind: string): string {
  if (kind === "passphrase" || kind === "default") return kind;
  throw new UserError(`the local engine keeps secrets with a passphrase, not with '${kind}'`);
}

async function init(
  given: string | undefined,
  options: Options & { select: boolean },
): Promise<void> {
  const name = shortName(given ?? options.stack ?? "");
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new UserError("give the new stack a name of letters, digits, '-', '_' and '.'");
  }
  const project = loadProject(options.cwd);
  const url = process.env.PULUMI_BACKEND_URL || project.backendUrl;
  const backend = await FileBackend.open(url, project.name, project.root);
  if ((await backend.load(name)) !== undefined)
    throw new UserError(`stack '${name}' already exists`);
  const stack = await Stack.open(project, name, tell, true);
  await stack.save(EMPTY);
  if (options.select) await selectStack(project, name);
  say(`Created stack '${name}'\n`);
}

async function select(given: string | undefined, options: Options): Promise<void> {
  const name = shortName(given ?? options.stack ?? "");
  if (name === "") throw new UserError("name the stack to select");
  const project = loadProject(options.cwd);
  const stack = await Stack.open(project, name, tell, options.create);
  if (!stack.exists && options.create) await stack.save(EMPTY);
  await selectStack(project, name);
}

async function list(options: Options): Promise<void> {
  const project = loadProject(options.cwd);
  const url = process.env.PULUMI_BACKEND_URL || project.backendUrl;
  const backend = await FileBackend.open(url, project.name, project.root);
  const current = await currentSelection(project);
  const stacks = await Promise.all(
    (await backend.list()).map(async ({ name, modified }) => {
      const { raw } = await Stack.open(project, name, tell);
      const resources = (raw.resources ?? []) as unknown as { type: string; urn: string }[];
      const count = resources.filter((r) => !isDefaultProvider(r)).length;
      return {
        name,
        current: name === current,
        lastUpdate: modified.toISOString(),
        resourceCount: count,
      };
    }),
  );
  if (options.json) {
    say(`${JSON.stringify(stacks, undefined, 2)}\n`);
    return;
  }
  const rows = stacks.map((s) => [
    s.name + (s.current ? "*" : ""),
    s.lastUpdate,
    `${s.resourceCount}`,
  ]);
  const table = [["NAME", "LAST UPDATE", "RESOURCE COUNT"], ...rows];
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  for (const row of table)
    say(
      `${row
        .map((cell, i) => cell.padEnd(width(i)))
        .join("  ")
        .trimEnd()}\n`,
    );
}

async function output(name: string | undefined, options: Options): Promise<void> {
  const outputs = outputsOf(await (await existing(options)).snapshot());
  const plain = (value: Props[string]) => toWire(options.showSecrets ? reveal(value) : hide(value));
  if (name !== undefined) {
    const value = outputs[name];
    if (value === undefined)
      throw new UserError(`current stack does not have output property '${name}'`);
    const text = plain(value);
    say(`${options.json || typeof text !== "string" ? JSON.stringify(text) : text}\n`);
    return;
  }
  if (options.json) {
    const all = Object.entries(outputs).map(([key, value]) => [key, plain(value)]);
    say(`${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
    return;
  }
  const keys = Object.keys(outputs).sort();
  if (keys.length === 0) {
    say("No output values currently in this stack\n");
    return;
  }
  const width = Math.max("OUTPUT".length, ...keys.map((key) => key.length));
  const rows = keys.map((key) => {
    const value = options.showSecrets ? reveal(outputs[key] ?? null) : (outputs[key] ?? null);
    const text = typeof value === "string" ? value : showValue(value, 0);
    return `    ${key.padEnd(width)}  ${text}`;
  });
  say(["Current stack outputs:", `    ${"OUTPUT".padEnd(width)}  VALUE`, ...rows, ""].join("\n"));
}

function hide(value: Props[string]): Props[string] {
  if (value instanceof Secret) return "[secret]";
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value !== "object" || value === null || value.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item)]));
}

async function exportState(options: Options): Promise<void> {
  const stack = await existing(options);
  const { raw } = stack;
  const deployment: RawDeployment = raw;
  if (options.showSecrets) {
    const { resources, pending } = await stack.snapshot();
    const plain = resources.map((resource) => encodeResource(resource, "plaintext"));
    if (plain.length > 0) deployment.resources = plain;
    if (pending.length > 0) {
      deployment.pending_operations = pending.map(({ resource, type }) => ({
        resource: encodeResource(resource, "plaintext"),
        type,
      }));
    }
  }
  const text = `${JSON.stringify({ version: 3, deployment }, undefined, 4)}\n`;
  if (options.file === undefined) say(text);
  else await (await import("node:fs/promises")).writeFile(options.file, text, { mode: 0o600 });
}

async function importState(options: Options): Promise<void> {
  const stack = await existing(options);
  const text = options.file ? await readNamed("--file", options.file) : readFileSync(0, "utf8");
  const { version, deployment } = JSON.parse(text) as {
    version?: number;
    deployment?: RawDeployment;
  };
  if ((version !== 3 && version !== 4) || deployment === undefined) {
    throw new UserError("this is no exported state (`stack export` writes one)");
  }
  const snapshot = await stack.decode(deployment);
  const strange = snapshot.resources.find((r) => !r.urn.startsWith(`urn:pulumi:${stack.name}::`));
  if (strange !== undefined && !options.force) {
    throw new UserError(`the state is of another stack (${strange.urn}); use --force to import it`);
  }
  const release = await takeLock(stack.backend.lockFolder(stack.name), tell);
  try {
    await stack.save(snapshot);
  } finally {
    await release();
  }
  say("Import complete.\n");
}

async function remove(given: string | undefined, options: Options): Promise<void> {
  const stack = await existing({ ...options, stack: given ?? options.stack });
  const count = (stack.raw.resources ?? []).length;
  if (count > 0 && !options.force) {
    throw new UserError(
      `'${stack.name}' still has resources; removal rejected. Run \`pulumi destroy\` first; ` +
        "--force forgets them and leaves them behind",
    );
  }
  await confirmed(options, `This will permanently remove the '${stack.name}' stack!`);
  const release = await takeLock(stack.backend.lockFolder(stack.name), tell);
  try {
    await stack.backend.remove(stack.name);
    if (!options.preserveConfig) await stack.file.delete();
  } finally {
    await release();
  }
  say(`Stack '${stack.name}' has been removed!\n`);
}

async function cancel(given: string | undefined, options: Options): Promise<void> {
  const stack = await openStack({ ...options, stack: given ?? options.stack });
  await confirmed(options, `This will remove the lock of '${stack.name}', whoever holds it.`);
  const count = await breakLocks(stack.backend.lockFolder(stack.name));
  say(
    `The currently running update for '${stack.name}' has been canceled! (${count} locks removed)\n`,
  );
}

async function existing(options: CommonOptions): Promise<Stack> {
  const stack = await openStack(options);
  if (!stack.exists) throw new UserError(`no stack named '${stack.name}' found`, EXIT.noStack);
  return stack;
}

async function confirmed(options: Options, warning: string): Promise<void> {
  if (options.yes) return;
  if (!canAsk(options)) {
    throw new UserError(
      "--yes must be passed in to proceed when running in non-interactive mode",
      EXIT.unconfirmed,
    );
  }
  if ((await ask(`${warning} Do it?`, ["yes", "no"])) === "no") throw new UserError("declined");
}
