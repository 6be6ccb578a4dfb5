import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { admissionObjects } from "#config/admission";
import { ConfigError } from "#config/problems";
import { agentFileNames } from "#config/sources";
import { resolveStack, type Stack } from "#config/stack";

/** A stack, with the admission policies that it installs. */
type Loaded = Stack & { admissionObjects?: ReturnType<typeof admissionObjects> };

/**
 * The running stack's configuration, checked and resolved. Ends the program with the list of
 * problems, without a stack trace, if there are any.
 */
export function loadStack(directory = process.cwd()): Loaded {
  const project = pulumi.getProject();
  const prefix = `${project}:`;
  const read = (name: string) => readIfThere(join(directory, name));
  const stackFile = `Pulumi.${pulumi.getStack()}.yaml`;
  try {
    const stack = resolveStack({
      project,
      settings: Object.fromEntries(
        Object.entries(pulumi.runtime.allConfig())
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, value]) => [key.slice(prefix.length), value]),
      ),
      stackFile: { name: stackFile, text: read(stackFile) ?? "" },
      agentFiles: agentFileNames(directory).map((name) => ({ name, text: read(name) ?? "" })),
      readLock: read,
    });
    for (const warning of stack.warnings) void pulumi.log.warn(warning);
    const { admission, namespace } = stack;
    if (!admission) return stack;
    const objects = admissionObjects(admission, namespace, pulumi.getStack());
    return { ...stack, admissionObjects: objects };
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
