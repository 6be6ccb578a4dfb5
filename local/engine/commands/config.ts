import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { type CommonOptions, openStack, say } from "#local/engine/commands/common";
import { UserError } from "#local/engine/errors";
import { parsePath } from "#local/engine/paths";
import type { Config } from "#local/engine/project";
import type { Stack } from "#local/engine/stack";

interface Options extends CommonOptions {
  secret?: boolean;
  plaintext?: boolean;
  path?: boolean;
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
  config
    .command("get")
    .argument("<key>")
    .description("Print one value")
    .option("--path", "the key may be a path such as database.ports[0]")
    .option("-j, --json", "as JSON")
    .action(get);
  config
    .command("set")
    .argument("<key>")
    .argument("[value]", "read from standard input if left out")
    .description("Set one value")
    .option("--secret", "encrypt it")
    .option("--plaintext", "do not encrypt it, although it looks like a secret")
    .option("--path", "the key may be a path such as database.ports[0]")
    .action(set);
  config.command("rm").argument("<key>").description("Remove one value").action(remove);
}

/** Splits a key into its full name and, with `--path`, the way inside its value. */
function parseKey(stack: Stack, text: string, withPath: boolean) {
  const [first, ...rest] = withPath ? parsePath(text) : [text];
  const name = String(first);
  return { key: name.includes(":") ? name : `${stack.project.name}:${name}`, path: rest };
}

async function list(options: Options): Promise<void> {
  const stack = await openStack(options);
  const config = [...(await stack.config())].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = (value: { text: string; secret: boolean }) =>
    value.secret && !options.showSecrets ? "[secret]" : value.text;
  if (options.json) {
    const entries = config.map(([key, { text, secret }]) => [
      key,
      secret && !options.showSecrets ? { secret } : { value: text, secret },
    ]);
    say(`${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`);
    return;
  }
  const short = (key: string) => key.replace(`${stack.project.name}:`, "");
  const width = Math.max(3, ...config.map(([key]) => short(key).length));
  say(`${"KEY".padEnd(width)}  VALUE\n`);
  for (const [key, value] of config) say(`${short(key).padEnd(width)}  ${shown(value)}\n`);
}

async function get(text: string, options: Options): Promise<void> {
  const stack = await openStack(options);
  const { key, path } = parseKey(stack, text, options.path === true);
  const config: Config = await stack.config();
  const entry = config.get(key);
  let value = entry?.text;
  if (value !== undefined && path.length > 0) {
    const found = path.reduce<unknown>(
      (inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step],
      JSON.parse(value),
    );
    value = typeof found === "string" ? found : JSON.stringify(found);
  }
  if (value === undefined) {
    throw new UserError(`configuration key '${text}' not found for stack '${stack.name}'`);
  }
  say(options.json ? `${JSON.stringify({ value, secret: entry?.secret })}\n` : `${value}\n`);
}

async function set(text: string, given: string | undefined, options: Options): Promise<void> {
  const stack = await openStack(options);
  const { key, path } = parseKey(stack, text, options.path === true);
  const value = given ?? readFileSync(0, "utf8").replace(/\r?\n$/, "");
  if (options.secret) {
    const secrets = await stack.secrets();
    stack.file.setSalt(secrets.state);
    stack.file.set(key, path, { secure: secrets.encrypt(value) });
  } else {
    if (!options.plaintext && /password|passwd|secret|token|apikey/i.test(text)) {
      throw new UserError(
        `'${text}' looks like a secret; pass --secret to encrypt it, or --plaintext if it is none`,
      );
    }
    stack.file.set(key, path, path.length > 0 ? typed(value) : value);
  }
  await stack.file.write();
}

/** With a path, what looks like a number or a switch is one. */
function typed(value: string): unknown {
  if (value === "true" || value === "false") return value === "true";
  return /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

async function remove(text: string, options: Options): Promise<void> {
  const stack = await openStack(options);
  const { key } = parseKey(stack, text, false);
  if (!stack.file.remove(key)) {
    throw new UserError(`configuration key '${text}' not found for stack '${stack.name}'`);
  }
  await stack.file.write();
}
