import { z } from "zod";
import { name } from "#config/shapes";

const stackName = z
  .string()
  .min(1)
  .describe("Its stack as a stack reference names it, such as organization/mcp-mesh/eu.");

/** A stack that is one region of several, of which one takes registrations at a time. */
export const region = z
  .strictObject({
    name: name.describe("The region's own name."),
    role: z
      .enum(["writer", "standby"])
      .describe("Whether its registry takes registrations, or answers questions alone."),
    epoch: z.int().min(1).describe("Counts the failovers; the same in all regions after each."),
    address: z
      .string()
      .min(1)
      .describe("Where traffic from outside reaches it: an IP address or a host's name."),
    peers: z
      .record(
        name,
        z.strictObject({
          stack: stackName,
          lost: z
            .boolean()
            .default(false)
            .describe("It is off, and kept off: what it last said counts for nothing."),
        }),
      )
      .describe("All other regions, by their names."),
  })
  .refine(({ name, peers }) => !(name in peers), {
    path: ["peers"],
    error: "a region is not its own peer; list the others alone",
  })
  .describe("This stack's part among several regions; leave out for a mesh in one region.");
export type Region = z.output<typeof region>;

/** What a region's stack says of itself in its output `region`, once all of it is so. */
export const announcement = z.object(region.shape).pick({
  name: true,
  role: true,
  epoch: true,
  address: true,
});
export type Announcement = z.output<typeof announcement>;

/** Where the public name leads, and since which epoch: the output `course` of the global stack. */
export const course = z.object({ writer: z.string(), epoch: z.int(), address: z.string() });
export type Course = z.output<typeof course>;

/** What a region's role adds to its registry's environment. */
export function registryEnv(part: Region | undefined): Record<string, string> {
  return part?.role === "standby" ? { MCP_MESH_READ_ONLY: "true" } : {};
}
