import { cpus } from "node:os";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "#local/engine/cli";
import {
  ask,
  type CommonOptions,
  canAsk,
  openStack,
  say,
  tell,
} from "#local/engine/commands/common";
import { DiffDisplay } from "#local/engine/diff-display";
import { type DisplayOptions, TextDisplay } from "#local/engine/display";
import { EXIT, UserError } from "#local/engine/errors";
import type { Listener, Outcome } from "#local/engine/events";
import { changesIn } from "#local/engine/format";
import { JsonDisplay } from "#local/engine/json";
import { LiveDisplay } from "#local/engine/live-display";
import { takeLock } from "#local/engine/lock";
import { operate } from "#local/engine/operation";
import type { PackConfig, PackSource } from "#local/engine/policy";
import { readNamed } from "#local/engine/project";
import type { Stack } from "#local/engine/stack";
import { urnOf } from "#local/engine/state";

interface UpdateOptions extends CommonOptions {
  policyPack: string[];
  policyPackConfig: string[];
  diff?: boolean;
  json?: boolean;
  yes?: boolean;
  skipPreview?: boolean;
  previewOnly?: boolean;
  expectNoChanges?: boolean;
  refresh?: boolean;
  parallel: number;
  showSecrets?: boolean;
  message: string;
}

type Kind = "update" | "refresh" | "destroy";

const collect = (value: string, all: string[]) => [...all, value];
const REFUSED = ["target", "target-dependents", "exclude", "replace", "target-replace", "plan"];
REFUSED.push("import-file", "save-plan", "run-program", "attach-debugger", "continue-on-error");

/** Adds preview, up, refresh and destroy. */
export function addUpdateCommands(program: Command, context: Context): void {
  const add = (verb: string, alias: string, kind: Kind, text: string) => {
    const command = program.command(verb).description(text);
    if (alias !== "") command.alias(alias);
    common(command, kind);
    command.action((options: UpdateOptions) => update(verb === "preview", kind, options, context));
    return command;
  };
  add("preview", "pre", "update", "Show what an update would do").option(
    "--json",
    "print one JSON document",
  );
  const changing = [
    add("up", "update", "update", "Bring the stack to what the program says"),
    add("refresh", "", "refresh", "Bring the state to what the cluster says"),
    add("destroy", "down", "destroy", "Delete everything in the stack"),
  ];
  for (const command of changing) {
    command
      .option("-y, --yes", "do it without asking")
      .option("-f, --skip-preview", "do not show first what would be done")
      .option("--preview-only", "only show what would be done")
      .option("-m, --message <text>", "a note for the history", "");
  }
}

function common(command: Command, kind: Kind): void {
  command
    .option("--diff", "show changes in full")
    .option("--expect-no-changes", "fail if anything would change")
    .option("--show-secrets", "show secret outputs in clear")
    .option("-p, --parallel <n>", "operations at a time", count, cpus().length * 4)
    .addOption(new Option("--suppress-outputs").hideHelp())
    .addOption(new Option("--suppress-progress").hideHelp());
  if (kind !== "refresh") command.option("-r, --refresh", "compare state with the cluster first");
  if (kind === "update") {
    command
      .option("--policy-pack <folder>", "check with this policy pack (repeatable)", collect, [])
      .option("--policy-pack-config <file>", "its settings, in the packs' order", collect, []);
  }
  for (const flag of REFUSED) {
    const refuse = () => {
      throw new UserError(
        `--${flag} is not supported by the local engine: it always works on the whole stack. ` +
          "Leave the flag out, or use the Pulumi CLI on the same state.",
      );
    };
    command.addOption(new Option(`--${flag} [value]`).hideHelp().argParser(refuse).preset(refuse));
  }
}

function count(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError("give a number from 1");
  return Number(text);
}

async function update(
  previewVerb: boolean,
  kind: Kind,
  options: UpdateOptions,
  context: Context,
): Promise<void> {
  const previewOnly = previewVerb || options.previewOnly === true;
  const asks = !previewOnly && options.yes !== true && options.skipPreview !== true;
  if (asks && !canAsk(options)) {
    throw new UserError(
      "--yes or --skip-preview must be passed in to proceed when running in non-interactive mode",
      EXIT.unconfirmed,
    );
  }
  const stack = await openStack(options);
  if (kind !== "update" && !stack.exists) {
    throw new UserError(`no stack named '${stack.name}' found`, EXIT.noStack);
  }
  const packs = await packSources(options);
  const perform = async (preview: boolean) => {
    const opened = preview ? stack : await openStack({ ...options, stack: stack.name });
    return performOne(opened, preview, kind, packs, options, context);
  };
  if (previewOnly || options.skipPreview !== true) {
    const outcome = await perform(true);
    context.exit(exitCode(outcome, options));
    if (previewOnly || outcome.result !== "succeeded") return;
  }
  if (asks) {
    const question = `\nDo you want to perform this ${kind} on ${stack.name}?`;
    if ((await ask(question, ["yes", "no"])) === "no") {
      tell(`confirmation declined, not proceeding with the ${kind}`);
      context.exit(EXIT.failed);
      return;
    }
  }
  const release = await takeLock(stack.backend.lockFolder(stack.name), tell);
  try {
    const outcome = await perform(false);
    context.exit(exitCode(outcome, options));
  } finally {
    await release();
  }
}

async function performOne(
  stack: Stack,
  preview: boolean,
  kind: Kind,
  packs: PackSource[],
  options: UpdateOptions,
  context: Context,
): Promise<Outcome> {
  const listener = await display(stack, preview, kind, options);
  let stop = () => {};
  const onSignal = () => {
    listener.note("Stopping: what runs is let finish. Press Ctrl-C again to leave at once.");
    stop();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await operate(stack, {
      kind,
      preview,
      parallel: options.parallel,
      refresh: options.refresh ?? false,
      packs,
      message: options.message ?? "",
      factories: context.factories,
      listener,
      onStop: (how) => (stop = how),
    });
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

async function display(
  stack: Stack,
  preview: boolean,
  kind: Kind,
  options: UpdateOptions,
): Promise<Listener> {
  if (options.json)
    return new JsonDisplay(await stack.config(), say, (t) => process.stderr.write(t));
  const common: DisplayOptions = {
    kind,
    preview,
    stack: stack.name,
    stackUrn: urnOf(
      stack.name,
      stack.project.name,
      undefined,
      "pulumi:pulumi:Stack",
      `${stack.project.name}-${stack.name}`,
    ),
    showSecrets: options.showSecrets ?? false,
    write: say,
  };
  if (options.diff) return new DiffDisplay(common);
  const live = process.stdout.isTTY === true && options.nonInteractive !== true;
  return live ? new LiveDisplay(common) : new TextDisplay(common);
}

function exitCode(outcome: Outcome, options: UpdateOptions): number {
  if (outcome.result === "canceled") return EXIT.cancelled;
  if (outcome.result === "failed") return EXIT.failed;
  if (options.expectNoChanges && changesIn(outcome) > 0) {
    tell("error: no changes were expected but changes were proposed");
    return EXIT.unexpectedChanges;
  }
  return EXIT.ok;
}

async function packSources(options: UpdateOptions): Promise<PackSource[]> {
  const { policyPack = [], policyPackConfig = [] } = options;
  if (policyPackConfig.length > 0 && policyPackConfig.length !== policyPack.length) {
    throw new UserError("give --policy-pack-config once for each --policy-pack, or not at all");
  }
  return Promise.all(
    policyPack.map(async (path, index) => {
      const file = policyPackConfig[index];
      const text = file && (await readNamed("--policy-pack-config", resolve(file)));
      const config = text ? (JSON.parse(text) as PackConfig) : undefined;
      return { path, folder: resolve(path), config };
    }),
  );
}
