import { Command, CommanderError, Option } from "commander";
import { say } from "#local/engine/commands/common";
import { completionScript } from "#local/engine/commands/completion";
import { addConfigCommands } from "#local/engine/commands/config";
import { addStackCommands } from "#local/engine/commands/stack";
import { addStateCommands } from "#local/engine/commands/state";
import { addUpdateCommands } from "#local/engine/commands/update";
import { EXIT, UserError } from "#local/engine/errors";

const program = new Command("pulumi")
  .description("The Pulumi CLI's verbs, on this project's own engine")
  .enablePositionalOptions(false);
addUpdateCommands(program);
addStackCommands(program);
addStateCommands(program);
addConfigCommands(program);
program
  .command("completion")
  .argument("<shell>", "bash")
  .description("Print a completion script for the shell")
  .action((shell: string) => say(completionScript(program, shell)));
prepare(program);

/** Gives every command the options that all of them have. */
function prepare(command: Command): void {
  command.exitOverride().allowExcessArguments(false);
  for (const inner of command.commands) prepare(inner);
  if (command.commands.length > 0) return;
  command
    .option("-C, --cwd <folder>", "run as if in this folder", ".")
    .option("-s, --stack <name>", "the stack; the selected one if left out")
    .option("--non-interactive", "never ask")
    .addOption(new Option("--color <when>", "ignored: colours are for terminals").hideHelp());
}

// Whoever reads along may stop (`up | head`); the work goes on.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Told already; its own exit codes are not the CLI's.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.failed;
  } else {
    const known = error instanceof UserError;
    process.stderr.write(`error: ${known ? error.message : ((error as Error).stack ?? error)}\n`);
    process.exitCode = known ? error.exitCode : EXIT.failed;
  }
}
