/** `npm run operate -- COMMAND …`: what people do when something is wrong with the data. */
import { createInterface } from "node:readline/promises";
import { Command, CommanderError } from "commander";
import { completionScript } from "#local/engine/commands/completion";
import { UserError } from "#local/engine/errors";
import type { Given, OperateCommand } from "#operate/command";
import { commands } from "#operate/commands/index";
import { admit, explain, follow } from "#operate/procedure";
import { type TargetFlags, targetOf } from "#operate/target";

const say = (line: string) => void process.stdout.write(`${line}\n`);

const program = new Command("operate")
  .description(
    "What to do when something is wrong with the data; docs/runbooks has a page for each",
  )
  .exitOverride();
for (const command of commands) add(command);
program
  .command("completion")
  .argument("<shell>", "bash")
  .description("Print a completion script, for the alias operate='npm run -s operate --'")
  .action((shell: string) => say(completionScript(program, shell)));

function add({ name, what, flags = [], plan }: OperateCommand): void {
  const command = program.command(name).description(what).exitOverride();
  for (const { flags: flag, what, required } of flags) {
    if (required) command.requiredOption(flag, what);
    else command.option(flag, what);
  }
  command
    .option("-s, --stack <name>", "the stack whose database is meant")
    .option("-n, --namespace <name>", "its namespace, where Helm alone installed it")
    .option("--release <name>", "what its objects are named by", "postgres")
    .option("--context <name>", "of the kubeconfig; the current one, or the stack's, if left out")
    .option("--explain", "say what it would do, why that is safe and what it costs; change nothing")
    .option("-y, --yes", "don't ask whether to begin")
    .action(async (given: Given & TargetFlags & { explain?: true; yes?: true }) => {
      const procedure = plan(targetOf(given, process.cwd()), given);
      if (given.explain) return explain(procedure, say);
      await admit(procedure);
      if (!given.yes) await confirm(procedure.name);
      await follow(procedure, say);
    });
}

/** Throws unless a person says yes. */
async function confirm(name: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new UserError(`nobody is there to be asked: read ${name} --explain, then add --yes.`);
  }
  const dialog = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await dialog.question(`Begin ${name}? (--explain says what it does) [y/N] `);
  dialog.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("nothing was changed.");
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    const known = error instanceof UserError;
    process.stderr.write(`error: ${known ? error.message : ((error as Error).stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
