import type { Command } from "commander";
import {
  type CommonOptions,
  confirmed,
  locked,
  openExisting,
  say,
} from "#local/engine/commands/common";
import { UserError } from "#local/engine/errors";

interface Options extends CommonOptions {
  all?: boolean;
  yes?: boolean;
}

/** Adds `state …`. */
export function addStateCommands(program: Command): void {
  program
    .command("state")
    .description("Edit a stack's state")
    .command("unprotect")
    .description("Let protected resources be deleted")
    .argument("[urn...]")
    .option("--all", "every resource of the stack")
    .option("-y, --yes", "without asking")
    .action(unprotect);
}

async function unprotect(urns: string[], options: Options): Promise<void> {
  if (urns.length === 0 && !options.all) {
    throw new UserError("name the URNs of the resources to unprotect, or say --all");
  }
  const found = await openExisting(options);
  await confirmed(options, `This will edit the state of '${found.name}'.`);
  await locked(found, async () => {
    const stack = await openExisting({ ...options, stack: found.name });
    const snapshot = await stack.snapshot();
    const missing = urns.find((urn) => !snapshot.resources.some((r) => r.urn === urn && !r.delete));
    if (missing !== undefined) throw new UserError(`no such resource "${missing}" in the state`);
    const resources = snapshot.resources.map((resource) =>
      !resource.delete && (options.all || urns.includes(resource.urn))
        ? { ...resource, protect: false }
        : resource,
    );
    await stack.save({ ...snapshot, resources });
  });
  say(options.all ? "All resources unprotected\n" : `${urns.length} resources unprotected\n`);
}
