import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { type CommonOptions, json, openStack, say, table } from "#local/engine/commands/common";
import { UserError } from "#local/engine/errors";
import type { Stack } from "#local/engine/stack";

interface Options extends CommonOptions {
  secret?: boolean;
  json?: boolean;
  showSecrets?: boolean;
}

/** Adds `config …`, which lists when it is given nothing else to do. */
export function addConfigCommands(program: Command): void {
  const config = program.command("config").description("Work with a stack's configuration");
  config
    .command("list", { isDefault: true })
    .alias("ls")
    .description("List the values")
    .option("-j, --json", "as JSON")
    .option("--show-secrets", "in clear")
    .action(list);
  config.command("get").argument("<key>").description("Print one value").action(get);
  config
    .command("set")
    .argument("<key>")
    .argument("[value]", "read from standard input if left out")
    .description("Set one value")
    .option("--secret", "encrypt it")
    .action(set);
  config.command("rm").argument("<key>").description("Remove one value").action(remove);
}

const fullKey = (stack: Stack, key: string): string =>
  key.includes(":") ? key : `${stack.project.name}:${key}`;

async function list(options: Options): Promise<void> {
  const stack = await openStack(options);
  const config = [...(await stack.config())].sort(([a], [b]) => (a < b ? -1 : 1));
  const hidden = (secret: boolean) => secret && !options.showSecrets;
  if (options.json) {
    const entries = config.map(([key, { text, secret }]) => [
      key,
      hidden(secret) ? { secret } : { value: text, secret },
    ]);
    say(json(Object.fromEntries(entries)));
    return;
  }
  const rows = config.map(([key, { text, secret }]) => [
    key.replace(`${stack.project.name}:`, ""),
    hidden(secret) ? "[secret]" : text,
  ]);
  say(table([["KEY", "VALUE"], ...rows]));
}

async function get(key: string, options: Options): Promise<void> {
  const stack = await openStack(options);
  const entry = (await stack.config()).get(fullKey(stack, key));
  if (entry === undefined) throw notFound(stack, key);
  say(`${entry.text}\n`);
}

async function set(key: string, given: string | undefined, options: Options): Promise<void> {
  const stack = await openStack(options);
  const value = given ?? readFileSync(0, "utf8").replace(/\r?\n$/, "");
  if (options.secret) {
    const secrets = await stack.secrets();
    stack.file.setSalt(secrets.state);
    stack.file.set(fullKey(stack, key), { secure: secrets.encrypt(value) });
  } else {
    stack.file.set(fullKey(stack, key), value);
  }
  await stack.file.write();
}

async function remove(key: string, options: Options): Promise<void> {
  const stack = await openStack(options);
  if (!stack.file.remove(fullKey(stack, key))) throw notFound(stack, key);
  await stack.file.write();
}

const notFound = (stack: Stack, key: string): UserError =>
  new UserError(`configuration key '${key}' not found for stack '${stack.name}'`);
