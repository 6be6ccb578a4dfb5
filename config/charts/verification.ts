import { z } from "zod";
import { resourcesOf } from "#config/charts/common";
import { quantity } from "#config/shapes";

/** A field of cron: all of its numbers, each so-many-th, or a list of them. */
const field = (number: string) => `(\\*(/[1-9][0-9]?)?|${number}(,${number})*)`;
const FIELDS = [
  "[1-5]?[0-9]",
  "(1?[0-9]|2[0-3])",
  "([1-9]|[12][0-9]|3[01])",
  "([1-9]|1[0-2])",
  "[0-6]",
];

/** How it is proven that backups can be restored. */
export const verification = z
  .strictObject({
    enabled: z.boolean().default(true),
    schedule: z
      .string()
      .regex(new RegExp(`^${FIELDS.map(field).join(" ")}$`), {
        error:
          'found no five fields as cron has them, of *, */N or numbers; write it like "23 3 * * *"',
      })
      .default("23 3 * * *")
      .describe(
        "When, in UTC, as cron says it. Once a week at least: after eight days, people are told.",
      ),
    withinMinutes: z
      .int()
      .min(5)
      .max(10_080)
      .default(180)
      .describe("How long it may take; what takes longer has failed."),
    size: quantity
      .optional()
      .describe(
        "Of the volume that it restores to, for as long as it runs; absent: as large as the data's.",
      ),
    resources: resourcesOf(["100m", "256Mi", "64Mi"], ["1", "512Mi", "256Mi"]),
  })
  .prefault({})
  .describe(
    "With backup: restores the newest one beside the database to a point in time, starts it, and compares and examines all that is in it.",
  );
export type Verification = z.output<typeof verification>;

const ALONE = "ReadWriteOncePod";

/** Why the backups' volume can't be read by a second pod; undefined if it can. */
export function unverifiable(
  { enabled }: Pick<Verification, "enabled">,
  backup: { accessModes: readonly string[] } | undefined,
): string | undefined {
  if (!enabled || !backup?.accessModes.includes(ALONE)) return undefined;
  return `${ALONE} lets one pod alone use the backups, but another one verifies them; use ReadWriteOnce, or set verification.enabled to false`;
}
