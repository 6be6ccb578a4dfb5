import { Argument, Command, CommanderError, Option } from "commander";
import type { AdmissionOptions } from "#cli/admission";
import { type CheckOptions, check } from "#cli/check";
import { completionScript, shellNames } from "#cli/completion";
import { asRecords, asTable } from "#cli/list";
import { coverageAsText, coverageOf } from "#cli/report";
import { ruleCalled } from "#cli/rule-called";
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
  .option("--rules <list>", "only these rules, by id or name, with commas between them")
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
  .addOption(format())
  .action(({ stack, format }: { stack?: string; format: string }) => {
    const plans = plan(rules, stack);
    print(format === "json" ? json(asRecords(plans)) : asTable(plans));
  });

program
  .command("explain")
  .description("Say what a rule wants and why, with its settings and examples")
  .argument("<rule>", "its id or name, such as P14 or run-as-non-root")
  .action(async (rule: string) => {
    const found = ruleCalled(rules, rule);
    // Only this needs the examples.
    const { explain } = await import("#cli/explain");
    print(explain(found));
  });

program
  .command("report")
  .description("Show what the rules cover of the Pod Security Standards, CIS and NSA/CISA")
  .option("--stack <name>", "at the levels and with the exemptions of a stack")
  .addOption(format())
  .action(({ stack, format }: { stack?: string; format: string }) => {
    const coverage = coverageOf(plan(rules, stack));
    print(format === "json" ? json(coverage) : coverageAsText(coverage, stack));
  });

program
  .command("admission")
  .description("Print the rules as admission policies of a namespace, to apply with kubectl")
  .requiredOption("--namespace <name>", "where they hold; begins their names too")
  .option("--stack <name>", "the levels, settings and exemptions of a stack")
  .option("--trust <user...>", "users whose objects are not judged, such as operators", [])
  .addOption(
    new Option("--action <action>", "what happens to an object that breaks a mandatory rule")
      .choices(["audit", "warn", "deny"])
      .default("warn"),
  )
  .action(async (options: AdmissionOptions) => {
    const { admissionManifests } = await import("#cli/admission");
    print(admissionManifests(options));
  });

program
  .command("schema")
  .description("Print the schema of policy/config.NAME.json")
  .action(() => print(json(schemaOf(rules))));

program
  .command("completion")
  .description("Print a completion script, for the alias policy='npm run -s policy --'")
  .addArgument(new Argument("<shell>").choices(shellNames))
  .action((shell: string) => {
    const names = rules.map(({ name }) => name);
    print(completionScript(program, shell, { explain: names, completion: shellNames }));
  });

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

function format(): Option {
  return new Option("--format <format>").choices(["text", "json"]).default("text");
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function print(text: string): void {
  process.stdout.write(text);
}

function sentence(error: Error): string {
  if (!(error instanceof CommanderError)) return error.message;
  // Without a command, commander would print all its help there.
  const none = error.code === "commander.help";
  const text = none
    ? "say check, list, explain, report or schema; --help explains them"
    : error.message;
  return text.replace(/^error: /, "").replaceAll("\n", " ");
}
