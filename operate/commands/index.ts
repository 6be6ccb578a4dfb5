import type { OperateCommand } from "#operate/command";
import { backup } from "#operate/commands/backup";
import { failoverRegion } from "#operate/commands/failover-region";
import { lostNode } from "#operate/commands/lost-node";
import { lostVolume } from "#operate/commands/lost-volume";
import { promote } from "#operate/commands/promote";
import { rebuild } from "#operate/commands/rebuild";
import { restore } from "#operate/commands/restore";
import { restoreDiscard } from "#operate/commands/restore-discard";
import { restoreSwap } from "#operate/commands/restore-swap";
import { rollbackMigration } from "#operate/commands/rollback-migration";
import { verify } from "#operate/commands/verify";

/** All commands, in the order in which the help lists them. */
export const commands: readonly OperateCommand[] = [
  promote,
  rebuild,
  restore,
  restoreSwap,
  restoreDiscard,
  lostVolume,
  lostNode,
  failoverRegion,
  verify,
  backup,
  rollbackMigration,
];
