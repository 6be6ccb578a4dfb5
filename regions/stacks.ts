import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Announcement, announcement, type Region } from "#config/region";
import { refusals, type Seen } from "#regions/turn";

/** What the stack of a mesh in one region alone says of its region. */
const ALONE = "none";

/** Which stack is a region's, and whether what it says still counts. */
export interface Peer {
  stack: string;
  lost: boolean;
}

/**
 * An output that a stack had when it was last brought up; undefined if it has none of this name.
 * Rejects if the stack does not exist, or the output has another form.
 */
export async function outputOf<T extends z.ZodType>(
  stack: pulumi.StackReference,
  name: string,
  form: T,
): Promise<z.output<T> | undefined> {
  const { value } = await stack.getOutputDetails(name);
  if (value === undefined || value === null || value === ALONE) return undefined;
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new pulumi.RunError(
    `The output "${name}" of a stack is not as this version makes it: bring that stack up again`,
  );
}

/** This stack, as a stack reference names it. */
export function ownStack(): string {
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** What other regions have announced. Lost ones are not asked: nobody may be there to answer. */
export async function listen(peers: Readonly<Record<string, Peer>>): Promise<Record<string, Seen>> {
  const heard = Object.entries(peers).map(async ([name, { stack, lost }]) => {
    const said = lost
      ? undefined
      : await outputOf(new pulumi.StackReference(stack), "region", announcement);
    return [name, { said, lost }] as const;
  });
  return Object.fromEntries(await Promise.all(heard));
}

/**
 * What everything in a region depends on: it ends the program with the reasons, before anything is
 * touched, when it is not the region's turn to be what its stack wants. Nothing, in one region alone.
 */
export async function takeTurn(part: Region | undefined): Promise<pulumi.Resource[]> {
  if (!part) return [];
  const own = new pulumi.StackReference(ownStack());
  const before = await outputOf(own, "region", announcement);
  const peers = part.role === "writer" ? await listen(part.peers) : {};
  const reasons = refusals(part, before, peers);
  return reasons.length === 0 ? [own] : refuse(reasons);
}

/**
 * What this region announces. Others act on it, so it is known only when all of `after` is there:
 * a program that fails before leaves the last announcement as it was.
 */
export function announce(
  part: Region | undefined,
  after: pulumi.Resource[],
): pulumi.Output<Announcement> | typeof ALONE {
  if (!part) return ALONE;
  const { name, role, epoch, address } = part;
  const turn = new pulumi.ComponentResource("mcp-mesh:index:Turn", name, {}, { dependsOn: after });
  return turn.urn.apply(() => ({ name, role, epoch, address }));
}

/** Ends the program with these reasons, without a stack trace. */
export function refuse(reasons: readonly string[]): never {
  throw new pulumi.RunError(`Nothing was touched:\n${reasons.map((one) => `  ${one}`).join("\n")}`);
}
