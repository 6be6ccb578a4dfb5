import { z } from "zod";

export { accepted } from "#components/internal/generations";

const generation = z.int().min(1);

/**
 * Which generations of a secret there are. Each `pulumi up` takes one step, and at each step whoever
 * still has the older one is served: `{current: 1}`, `{current: 1, next: 2}` (both are accepted, the
 * first is used), `{current: 2, previous: 1}` (both are accepted, the second is used), `{current: 2}`.
 */
export const generations = z
  .strictObject({
    current: generation.default(1).describe("The generation in use."),
    next: generation.optional().describe("Accepted already, not yet in use: current + 1."),
    previous: generation.optional().describe("Still accepted, no longer in use: current - 1."),
  })
  .superRefine(({ current, next, previous }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (next !== undefined && next !== current + 1) {
      refuse("next", `found ${next}, but it follows current: make it ${current + 1}`);
    }
    if (previous !== undefined && previous !== current - 1) {
      refuse("previous", `found ${previous}, but it comes before current: make it ${current - 1}`);
    }
    if (next !== undefined && previous !== undefined) {
      refuse("next", "there is a previous one still; take it away in an update of its own first");
    }
  })
  .prefault({});
export type Generations = z.output<typeof generations>;

/** The step that comes after this one; from rest, the first of a new rotation. */
export function following({ current, next, previous }: Generations): Generations {
  if (next !== undefined) return { current: next, previous: current };
  if (previous !== undefined) return { current };
  return { current, next: current + 1 };
}

/** What a stack rotates: one step of one of them per update. */
export const rotation = z
  .strictObject({
    databaseLogin: generations.describe("What the registry logs in to its database with."),
    databaseAuthority: generations.describe("Who vouches for the database's certificates."),
    dashboardSession: generations.describe("The key that encrypts the dashboard's sessions."),
  })
  .prefault({});
export type Rotation = z.output<typeof rotation>;

const AT_FIRST = { current: 1 };
/** What the program calls the Secret with the dashboard's keys, which it makes itself. */
const SESSION_SECRET = "dashboard-session";

/** What can't be rotated in a stack, because somebody else keeps it; paths begin below its key. */
export function rotationProblems({
  rotation,
  postgres,
  dashboard,
}: {
  rotation: Rotation;
  postgres: { mode: string };
  dashboard?: { auth: { session: { existingSecret: string } } } | undefined;
}): { path: string[]; message: string }[] {
  const stays = (key: keyof Rotation, why: string | undefined) =>
    why === undefined || JSON.stringify(rotation[key]) === JSON.stringify(AT_FIRST)
      ? []
      : [{ path: [key], message: `${why}; leave it out` }];
  const server =
    postgres.mode === "statefulset"
      ? undefined
      : `belongs to postgres.mode statefulset, but that is ${postgres.mode}: who runs the database rotates it`;
  const secret = dashboard?.auth.session.existingSecret;
  const key = !dashboard
    ? "there is no dashboard"
    : secret !== SESSION_SECRET
      ? `the keys are yours, in the Secret ${secret}: write a new one into it, before the old one`
      : undefined;
  return [
    ...stays("databaseLogin", server),
    ...stays("databaseAuthority", server),
    ...stays("dashboardSession", key),
  ];
}
