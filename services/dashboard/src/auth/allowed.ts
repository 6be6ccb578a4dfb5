/** Whom of all that the provider knows the page lets in; one match is enough. */
export interface Allowed {
  groups: readonly string[];
  emails: readonly string[];
  /** Of e-mail addresses. */
  domains: readonly string[];
  /** Why everybody whom the provider knows may come in. */
  anybody?: string;
}

/** The names of the claim that holds groups; providers write one group as a text, too. */
function groupsIn(claim: unknown): string[] {
  const list = Array.isArray(claim) ? claim : [claim];
  return list.filter((one) => typeof one === "string");
}

/**
 * Whether these claims are of somebody who may come in. An address counts only if the provider says that
 * it has verified it: with many, people can write whatever they like there.
 */
export function isAllowed(
  claims: Record<string, unknown>,
  groupsClaim: string,
  { groups, emails, domains, anybody }: Allowed,
): boolean {
  if (anybody) return true;
  if (groupsIn(claims[groupsClaim]).some((group) => groups.includes(group))) return true;
  if (claims.email_verified !== true || typeof claims.email !== "string") return false;
  const email = claims.email.toLowerCase();
  const domain = email.slice(email.lastIndexOf("@") + 1);
  const same = (one: string) => (given: string) => given.toLowerCase() === one;
  return emails.some(same(email)) || domains.some(same(domain));
}
