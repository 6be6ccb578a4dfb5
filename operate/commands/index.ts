import type { OperateCommand } from "#operate/command";

/** All commands, in the order in which the help lists them. */
export const commands: readonly OperateCommand[] = [];
