import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { encodeResource, encodeValue, type RawDeployment } from "#local/engine/checkpoint";
import {
  type CommonOptions,
  confirmed,
  json,
  locked,
  openExisting,
  openStack,
  say,
  selectedStack,
  selectStack,
  shortName,
  table,
  tell,
} from "#local/engine/commands/common";
import { UserError } from "#local/engine/errors";
import { showValue } from "#local/engine/format";
import { breakLocks } from "#local/engine/lock";
import { outputsOf } from "#local/engine/operation";
import { loadProject, readNamed } from "#local/engine/project";
import { backendOf, Stack } from "#local/engine/stack";
import { EMPTY, isDefaultProvider } from "#local/engine/state";
import { reveal, type Value } from "#local/engine/value";
import { toWire } from "#local/engine/wire";

interface Options extends CommonOptions {
  json?: boolean;
  showSecrets?: boolean;
  file?: string;
  create?: boolean;
  yes?: boolean;
  force?: boolean;
}

/** Adds `stack …` and `cancel`. */
export function addStackCommands(program: Command): void {
  const stack = program.command("stack").description("Work with stacks");
  const verb = (name: string, text: string) => stack.command(name).description(text);
  verb("init", "Make a stack without resources").argument("[name]").action(init);
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
  verb("rm", "Remove an empty stack and its configuration")
    .argument("[name]")
    .option("-y, --yes", "without asking")
    .option("-f, --force", "although it has resources")
    .action(remove);
  program
    .command("cancel")
    .argument("[name]")
    .description("Remove the locks of a stack")
    .option("-y, --yes", "without asking")
    .action(cancel);
}

async function init(given: string | undefined, options: Options): Promise<void> {
  const name = shortName(given ?? options.stack ?? "");
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new UserError("give the new stack a name of letters, digits, '-', '_' and '.'");
  }
  const stack = await Stack.open(loadProject(options.cwd), name, tell, true);
  if (stack.exists) throw new UserError(`stack '${name}' already exists`);
  await stack.save(EMPTY);
  await selectStack(stack.project, name);
  say(`Created stack '${name}'\n`);
}

async function select(given: string | undefined, options: Options): Promise<void> {
  const name = shortName(given ?? options.stack ?? "");
  if (name === "") throw new UserError("name the stack to select");
  const stack = await Stack.open(loadProject(options.cwd), name, tell, options.create);
  if (!stack.exists && options.create) await stack.save(EMPTY);
  await selectStack(stack.project, name);
}

async function list(options: Options): Promise<void> {
  const project = loadProject(options.cwd);
  const current = await selectedStack(project);
  const backend = await backendOf(project);
  const stacks = await Promise.all(
    (await backend.list()).map(async ({ name, modified }) => {
      const { raw } = await Stack.open(project, name, tell);
      const resources = (raw.resources ?? []) as unknown as { type: string; urn: string }[];
      const resourceCount = resources.filter((r) => !isDefaultProvider(r)).length;
      return { name, current: name === current, lastUpdate: modified.toISOString(), resourceCount };
    }),
  );
  if (options.json) {
    say(json(stacks));
    return;
  }
  const rows = stacks.map((stack) => [
    stack.name + (stack.current ? "*" : ""),
    stack.lastUpdate,
    `${stack.resourceCount}`,
  ]);
  say(table([["NAME", "LAST UPDATE", "RESOURCE COUNT"], ...rows]));
}

async function output(name: string | undefined, options: Options): Promise<void> {
  const outputs = outputsOf(await (await openExisting(options)).snapshot());
  const plain = (value: Value) =>
    options.showSecrets ? toWire(reveal(value)) : encodeValue(value, "hidden");
  if (name !== undefined) {
    const value = outputs[name];
    if (value === undefined)
      throw new UserError(`current stack does not have output property '${name}'`);
    const text = plain(value);
    say(`${options.json || typeof text !== "string" ? JSON.stringify(text) : text}\n`);
    return;
  }
  const all = Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1));
  if (options.json) {
    say(json(Object.fromEntries(all.map(([key, value]) => [key, plain(value)]))));
    return;
  }
  const rows = all.map(([key, value]) => {
    const text = typeof value === "string" ? value : showValue(value, 0, options.showSecrets);
    return [key, text];
  });
  say(`Current stack outputs:\n${table([["OUTPUT", "VALUE"], ...rows], "    ")}`);
}

async function exportState(options: Options): Promise<void> {
  const stack = await openExisting(options);
  const deployment: RawDeployment = stack.raw;
  if (options.showSecrets) {
    const { resources, pending } = await stack.snapshot();
    if (resources.length > 0) {
      deployment.resources = resources.map((resource) => encodeResource(resource, "plaintext"));
    }
    if (pending.length > 0) {
      deployment.pending_operations = pending.map(({ resource, type }) => ({
        resource: encodeResource(resource, "plaintext"),
        type,
      }));
    }
  }
  const text = `${JSON.stringify({ version: 3, deployment }, undefined, 4)}\n`;
  if (options.file === undefined) say(text);
  else await writeFile(options.file, text, { mode: 0o600 });
}

async function importState(options: Options): Promise<void> {
  const stack = await openExisting(options);
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
  await locked(stack, () => stack.save(snapshot));
  say("Import complete.\n");
}

async function remove(given: string | undefined, options: Options): Promise<void> {
  const stack = await openExisting({ ...options, stack: given ?? options.stack });
  const count = (stack.raw.resources ?? []).length;
  if (count > 0 && !options.force) {
    throw new UserError(
      `'${stack.name}' still has resources; removal rejected. Run \`pulumi destroy\` first; ` +
        "--force forgets them and leaves them behind",
    );
  }
  await confirmed(options, `This will permanently remove the '${stack.name}' stack!`);
  await locked(stack, async () => {
    await stack.backend.remove(stack.name);
    await stack.file.delete();
  });
  say(`Stack '${stack.name}' has been removed!\n`);
}

async function cancel(given: string | undefined, options: Options): Promise<void> {
  const stack = await openStack({ ...options, stack: given ?? options.stack });
  await confirmed(options, `This will remove the lock of '${stack.name}', whoever holds it.`);
  await breakLocks(stack.backend.lockFolder(stack.name));
  say(`The currently running update for '${stack.name}' has been canceled!\n`);
}
