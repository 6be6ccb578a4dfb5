import { cpus } from "node:os";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type CommonOptions,
  canAsk,
  confirm,
  openExisting,
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
import { type Kind, operate } from "#local/engine/operation";
import type { PackConfig, PackSource } from "#local/engine/packs";
import { readNamed } from "#local/engine/project";
import type { Stack } from "#local/engine/stack";
import { STACK_TYPE, urnOf } from "#local/engine/state";

interface UpdateOptions extends CommonOptions {
  policyPack?: string[];
  policyPackConfig?: string[];
  diff?: boolean;
  json?: boolean;
  yes?: boolean;
  skipPreview?: boolean;
  previewOnly?: boolean;
  expectNoChanges?: boolean;
  refresh?: boolean;
  ignoreProtect?: boolean;
  parallel: number;
  showSecrets?: boolean;
  message?: string;
}

/** An operation mostly waits for the cluster: a machine with few cores can watch many of them. */
const PARALLEL = Math.max(32, cpus().length * 4);

/** The CLI's flags for a part of a stack, and for plans: refused by name, never ignored. */
const REFUSED = ["target", "target-dependents", "target-replace", "exclude", "replace"];
REFUSED.push("plan", "save-plan");

/** Adds preview, up, refresh and destroy. */
export function addUpdateCommands(program: Command): void {
  add(program, "preview", "update", "Show what an update would do")
    .alias("pre")
    .option("--json", "print one JSON document");
  const changing = [
    add(program, "up", "update", "Bring the stack to what the program says").alias("update"),
    add(program, "refresh", "refresh", "Bring the state to what the cluster says"),
    add(program, "destroy", "destroy", "Delete everything in the stack").alias("down"),
  ];
  for (const command of changing) {
    command
      .option("-y, --yes", "do it without asking")
      .option("-f, --skip-preview", "do not show first what would be done")
      .option("--preview-only", "only show what would be done")
      .option("-m, --message <text>", "a note for the history");
  }
}

function add(program: Command, verb: string, kind: Kind, text: string): Command {
  const command = program
    .command(verb)
    .description(text)
    .option("--diff", "show changes in full")
    .option("--expect-no-changes", "fail if anything would change")
    .option("--show-secrets", "show secret outputs in clear")
    .option("-p, --parallel <n>", "operations at a time", count, PARALLEL)
    .action((options: UpdateOptions) =>
      update(kind, { ...options, previewOnly: verb === "preview" || options.previewOnly === true }),
    );
  if (kind !== "refresh") {
    command
      .option("-r, --refresh", "compare state with the cluster first")
      .option("--ignore-protect", "delete and replace what is protected, too");
  }
  if (kind === "update") {
    const collect = (value: string, all: string[] = []) => [...all, value];
    command
      .option("--policy-pack <folder>", "check with this policy pack (repeatable)", collect)
      .option("--policy-pack-config <file>", "its settings, in the packs' order", collect);
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
  return command;
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("give a number from 1");
  return Number(text);
}

async function update(kind: Kind, options: UpdateOptions): Promise<void> {
  const { previewOnly, skipPreview } = options;
  const asks = !previewOnly && !options.yes && !skipPreview;
  if (asks && !canAsk(options)) {
    throw new UserError(
      "--yes or --skip-preview must be passed in to proceed when running in non-interactive mode",
      EXIT.unconfirmed,
    );
  }
  const stack = kind === "update" ? await openStack(options) : await openExisting(options);
  const packs = await packSources(options);
  if (previewOnly || !skipPreview) {
    const outcome = await perform(stack, true, kind, packs, options);
    process.exitCode = exitCode(outcome, options);
    if (previewOnly || outcome.result !== "succeeded") return;
  }
  if (asks && !(await confirm(`\nDo you want to perform this ${kind} on ${stack.name}?`))) {
    throw new UserError(`confirmation declined, not proceeding with the ${kind}`);
  }
  const release = await takeLock(stack.backend.lockFolder(stack.name), tell);
  try {
    // Another run may have changed it during the preview.
    const opened = await openStack({ ...options, stack: stack.name });
    process.exitCode = exitCode(await perform(opened, false, kind, packs, options), options);
  } finally {
    await release();
  }
}

async function perform(
  stack: Stack,
  preview: boolean,
  kind: Kind,
  packs: PackSource[],
  options: UpdateOptions,
): Promise<Outcome> {
  const { parallel, refresh = false, ignoreProtect = false, message = "" } = options;
  const listener = await display(stack, preview, kind, options);
  let stop = () => {};
  const onSignal = () => {
    listener.note("Stopping: what runs is let finish. Press Ctrl-C again to leave at once.");
    stop();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const onStop = (how: () => void) => {
    stop = how;
  };
  const how = { kind, preview, parallel, refresh, ignoreProtect, packs, message };
  return operate(stack, { ...how, listener, onStop }).finally(() => {
    for (const signal of signals) process.off(signal, onSignal);
  });
}

async function display(
  stack: Stack,
  preview: boolean,
  kind: Kind,
  options: UpdateOptions,
): Promise<Listener> {
  if (options.json) return new JsonDisplay(await stack.config(), say);
  const { name, project } = stack;
  const common: DisplayOptions = {
    kind,
    preview,
    stack: name,
    stackUrn: urnOf(name, project.name, undefined, STACK_TYPE, `${project.name}-${name}`),
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
