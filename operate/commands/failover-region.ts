import { join } from "node:path";
import { UserError } from "#local/engine/errors";
import { type OperateCommand, textOf } from "#operate/command";
import { failover } from "#operate/failover";
import { StackFile } from "#operate/stack-file";

export const failoverRegion: OperateCommand = {
  name: "failover-region",
  what: "let the region of a stack take registrations and traffic, in another's place",
  flags: [
    { flags: "--lost <regions>", what: "regions that are off for certain and stay off: eu,ap" },
    {
      flags: "--global <stack>",
      what: "the stack in regions/ over all of them; global if left out",
    },
  ],
  plan({ stack }, given) {
    if (stack === undefined)
      throw new UserError("--stack: name the stack of the region to promote.");
    const folder = process.cwd();
    return failover({
      to: new StackFile(folder, stack),
      stackOf: (reference) => new StackFile(folder, reference.split("/").at(-1) ?? ""),
      global: new StackFile(join(folder, "regions"), textOf(given, "global") ?? "global"),
      lost: textOf(given, "lost")?.split(",") ?? [],
    });
  },
};
