import { Command, CommanderError, Option } from "commander";
import { say } from "#local/engine/commands/common";
import { completionScript } from "#local/engine/commands/completion";
import { addConfigCommands } from "#local/engine/commands/config";
import { addStackCommands } from "#local/engine/commands/stack";
import { addUpdateCommands } from "#local/engine/commands/update";
import { EXIT } from "#local/engine/errors";
import type { ProviderFactories } from "#local/engine/registry";

/** What every command needs to know of its surroundings. */
export interface Context {
  factories: ProviderFactories;
  /** Called with the exit code of a command that ends with another one than 0. */
  exit: (code: number) => void;
}

/** Runs the engine's command line; returns the exit code. Throws `UserError` for what went wrong. */
export async function run(args: readonly string[], factories: ProviderFactories): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command("pulumi")
    .description("The Pulumi CLI's verbs, on this project's own engine")
    .enablePositionalOptions(false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "error: ")) });
  const context: Context = { factories, exit: (wanted) => (code = wanted) };
  addUpdateCommands(program, context);
  addStackCommands(program, context);
  addConfigCommands(program);
  program
    .command("completion")
    .argument("<shell>", "bash")
    .description("Print a completion script for the shell")
    .action((shell: string) => say(completionScript(program, shell)));
  for (const command of everyCommand(program)) prepare(command);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
  }
  return code;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function prepare(command: Command): void {
  command.exitOverride().allowExcessArguments(false);
  if (command.commands.length > 0) return;
  command
    .option("-C, --cwd <folder>", "run as if in this folder", ".")
    .addOption(new Option("-s, --stack <name>", "the stack; the selected one if left out"))
    .addOption(new Option("--non-interactive", "never ask"))
    .addOption(new Option("--color <when>", "ignored: colours are used on terminals").hideHelp())
    .addOption(new Option("--logtostderr").hideHelp());
}
