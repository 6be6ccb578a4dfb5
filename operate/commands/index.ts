import type { OperateCommand } from "#operate/command";
import { restore } from "#operate/commands/restore";
import { restoreDiscard } from "#operate/commands/restore-discard";
import { restoreSwap } from "#operate/commands/restore-swap";
import { verify } from "#operate/commands/verify";

/** All commands, in the order in which the help lists them. */
export const commands: readonly OperateCommand[] = [restore, restoreSwap, restoreDiscard, verify];
