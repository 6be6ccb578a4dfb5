import type { Announcement } from "#config/region";

/** What is known of another region: its last announcement, if it ever made one. */
export interface Seen {
  said?: Announcement;
  lost: boolean;
}

/**
 * Why a region must not go on with what its stack wants, as sentences; none if it may.
 *
 * Two rules keep the writers apart, whatever crashes between them. A region becomes the writer of an
 * epoch when all others have announced that they are standbys in it; and one that was a standby in
 * an epoch never becomes its writer. So of two that wait for each other, neither goes on.
 */
export function refusals(
  wanted: Announcement,
  before: Announcement | undefined,
  peers: Readonly<Record<string, Seen>>,
): string[] {
  const { name, role, epoch } = wanted;
  if (before && before.epoch > epoch) {
    return [`region ${name} was in epoch ${before.epoch} already: epoch ${epoch} is over`];
  }
  if (role === "standby") return [];
  const next = `raise the epoch to ${epoch + 1} in all regions, standbys first`;
  if (before?.role === "standby" && before.epoch === epoch) {
    return [`region ${name} is a standby in epoch ${epoch}, and can't become its writer: ${next}`];
  }
  return Object.entries(peers).flatMap(([peer, { said, lost }]) => {
    if (lost) return [];
    const must = `region ${name} can't be the writer of epoch ${epoch} before it is`;
    if (!said) return [`region ${peer} has announced nothing; ${must} a standby in it`];
    if (said.name !== peer) return [`the stack of region ${peer} says that it is ${said.name}`];
    if (said.role === "standby" && said.epoch === epoch) return [];
    if (said.epoch > epoch) {
      return [`region ${peer} is in epoch ${said.epoch} already: epoch ${epoch} is over`];
    }
    return [`region ${peer} is the ${said.role} of epoch ${said.epoch}; ${must} a standby in it`];
  });
}
