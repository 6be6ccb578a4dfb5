import { z } from "zod";
import { announcement, course } from "#config/region";
import { UserError } from "#local/engine/errors";
import type { Procedure, Step } from "#operate/procedure";
import type { StackFile } from "#operate/stack-file";

export interface Failover {
  /** The stack of the region that shall be the writer. */
  to: StackFile;
  /** A region's stack, by what a stack reference calls it. */
  stackOf(reference: string): StackFile;
  /** The stack over all regions, which leads the public name. */
  global: StackFile;
  /** Regions that are off for certain. */
  lost: readonly string[];
}

const part = z.object({
  name: z.string(),
  peers: z.record(z.string(), z.object({ stack: z.string() })),
});

/** Lets another region be the writer, by the turns of regions/: each `up` sees to its own safety. */
export function failover({ to, stackOf, global, lost }: Failover): Procedure {
  const own = part.safeParse(to.read(`${to.project}:region`));
  if (!own.success) throw new UserError(`the stack ${to.stack} is not one region of several.`);
  const { name, peers } = own.data;
  const unknown = lost.find((region) => !(region in peers));
  if (unknown)
    throw new UserError(
      `--lost: ${unknown} is no other region; there are ${Object.keys(peers).join(", ")}.`,
    );
  const stacks = new Map(
    Object.entries(peers).map(([region, one]) => [region, stackOf(one.stack)]),
  );
  const standing = [...stacks].filter(([region]) => !lost.includes(region));

  let epoch: Promise<number> | undefined;
  const next = () => {
    epoch ??= Promise.all([said(to), ...[...stacks.values()].map(said)]).then(nextEpoch);
    return epoch;
  };
  const is = async (stack: StackFile, role: string) => {
    const now = await said(stack);
    return now?.role === role && now.epoch === (await next());
  };
  const become = async (stack: StackFile, role: string) => {
    const key = `${stack.project}:region`;
    stack.write([key, "role"], role);
    stack.write([key, "epoch"], await next());
    callLost(stack, [key, "peers"], lost);
    await stack.up();
  };
  const steps: Step[] = [
    ...standing.map(([region, stack]) => ({
      title: `Fence ${region}: a standby from now on`,
      done: async () => (await is(to, "writer")) || (await is(stack, "standby")),
      run: () => become(stack, "standby"),
    })),
    {
      title: `Promote ${name}`,
      done: () => is(to, "writer"),
      run: () => become(to, "writer"),
    },
    {
      title: `Lead the public name to ${name}`,
      async done() {
        const now = course.safeParse(await global.output("course")).data;
        return now?.writer === name && now.epoch === (await next());
      },
      async run() {
        global.write([`${global.project}:writer`], name);
        callLost(global, [`${global.project}:regions`], lost);
        await global.up();
      },
    },
  ];
  return {
    name: "failover-region",
    what: `makes ${name} the region that takes registrations and traffic${lost.length > 0 ? `, without ${lost.join(" and ")}` : ""}`,
    safe: `the others are fenced before ${name} is promoted, and each up refuses while the one before it is not to be seen; regions/README.md says why that suffices. What is called lost must be off for certain, and stay off. The stacks' files are changed: commit them.`,
    rto: "as long as an up of each region takes, one after the other, and then ttlSeconds until resolvers follow.",
    rpo: `nothing of the mesh: agents register in ${name} with their next heartbeats. Data that agents keep is theirs to replicate.`,
    refusals: async () => [],
    steps,
  };
}

/** What the stack announced when it was last brought up. */
async function said(stack: StackFile) {
  return announcement.safeParse(await stack.output("region")).data;
}

/**
 * The epoch that a failover is about, the same before and after an interruption. `own` is what the
 * region said that shall be the writer: one that was a standby in an epoch never becomes its writer.
 */
export function nextEpoch([own, ...others]: (z.output<typeof announcement> | undefined)[]): number {
  const all = [own, ...others].flatMap((one) => one ?? []);
  const latest = Math.max(0, ...all.map(({ epoch }) => epoch));
  if (own?.role === "writer" && own.epoch === latest) return latest;
  const taken =
    own?.epoch === latest || all.some((one) => one.role === "writer" && one.epoch === latest);
  return taken ? latest + 1 : latest;
}

/** Writes who is lost into a mapping of regions, and who no longer is. */
function callLost(stack: StackFile, path: readonly string[], lost: readonly string[]): void {
  const regions = (stack.read(...path) ?? {}) as Record<string, { lost?: boolean }>;
  for (const [region, { lost: before = false }] of Object.entries(regions)) {
    const now = lost.includes(region);
    if (now !== before) stack.write([...path, region, "lost"], now);
  }
}
