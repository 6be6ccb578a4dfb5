import type { Procedure } from "#operate/procedure";
import type { Target } from "#operate/target";

/** A flag of one command, as commander writes it: `--to <time>`. */
export interface Flag {
  flags: string;
  what: string;
  required?: boolean;
}

/** What was given for the flags, by their names: text, or true for those without a value. */
export type Given = Readonly<Record<string, string | true | undefined>>;

/** `npm run operate -- NAME …`; one file each in `operate/commands`. */
export interface OperateCommand {
  name: string;
  what: string;
  flags?: readonly Flag[];
  /** Asks nobody: that is for the procedure's own questions. Throws if the flags make no sense. */
  plan(target: Target, given: Given): Procedure;
}

/** The text of a flag; undefined if it was not given. */
export function textOf(given: Given, flag: string): string | undefined {
  const value = given[flag];
  return typeof value === "string" ? value : undefined;
}
