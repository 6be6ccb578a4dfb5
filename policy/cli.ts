import { Argument, Command, CommanderError, Option } from "commander";
import { type CheckOptions, check } from "#cli/check";
import { completionScript, shellNames } from "#cli/completion";
import { asTable } from "#cli/list";
import { plan, schemaOf } from "#model/levels";
import { rules } from "#rules/all";

const exitCodes =
  "Exit code: 0 no mandatory violation, 1 mandatory violations, 2 wrong usage or an unreadable file.";

const program = new Command("npm run policy --")
  .description("Checks Kubernetes objects against the rules of the policy pack.")
  .addHelpText("after", `\n${exitCodes}`);

program
  .command("check")
  .description("Check manifests, Helm's output or a stack's exported state")
  .argument("[path...]", "files and folders, or - for standard input; together they are one stack")
  .option(
    "--stack <name>",
    "the levels, settings and exemptions of a stack (policy/config.NAME.json)",
  )
  .option("--partial", "not the whole stack: only rules about single objects", false)
  .option("--all", "every rule, whatever its level; disabled ones count as advisory", false)
  .addOption(
    new Option("--format <format>", "json is one violation a line")
      .choices(["text", "json", "sarif"])
      .default("text"),
  )
  .addHelpText("after", `\n${exitCodes}`)
  .action(async (paths: string[], options: CheckOptions) => {
    if (paths.length === 0) {
      throw new Error("check needs a file or folder, or - for standard input");
    }
    const { output, exitCode } = await check(paths, options);
    print(output);
    process.exitCode = exitCode;
  });

program
  .command("list")
  .description("Show every rule and its level")
  .option("--stack <name>", "the levels of a stack")
  .action(({ stack }: { stack?: string }) => print(asTable(plan(rules, stack))));

program
  .command("schema")
  .description("Print the schema of policy/config.NAME.json")
  .action(() => print(`${JSON.stringify(schemaOf(rules), null, 2)}\n`));

program
  .command("completion")
  .description("Print a completion script, for the alias policy='npm run -s policy --'")
  .addArgument(new Argument("<shell>").choices(shellNames))
  .action((shell: string) => print(completionScript(program, shell, {})));

for (const command of [program, ...program.commands]) {
  command
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {} });
}

// Whoever reads along may stop (`check | head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  const help = error instanceof CommanderError && error.exitCode === 0;
  if (!help) {
    process.stderr.write(`policy: ${sentence(error as Error)}\n`);
    process.exitCode = 2;
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

function sentence(error: Error): string {
  if (!(error instanceof CommanderError)) return error.message;
  // Without a command, commander would print all its help there.
  const none = error.code === "commander.help";
  const text = none ? "say check, list or schema; --help explains them" : error.message;
  return text.replace(/^error: /, "").replaceAll("\n", " ");
}
