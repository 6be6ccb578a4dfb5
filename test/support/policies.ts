import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import { plan } from "#policy/model/levels";
import { describe } from "#policy/model/rule";
import { fromManifest } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { isHook, type Rendered } from "#test/support/charts";

/** Rules that a chart keeps whatever its values; others are a stack's to keep, or to be exempt from. */
const kept = plan(rules, undefined).filter(({ rule: { id } }) =>
  /^(P\d+|I1|R[13]|B[2-4]|H(2|8|14)|K[1-4]|M[125]|M11)$/.test(id),
);

/** Which of these an object breaks, each as a sentence. */
export function violationsOf(object: Rendered): string[] {
  // The pod of a `helm test` has no account of its own, and no token of any.
  const held = isHook(object) ? kept.filter(({ rule: { id } }) => id !== "P28") : kept;
  const found = judge(fromManifest(object), held, new ExemptionLedger(), false);
  return found.map(({ plan: { rule }, subject, violation }) => describe(rule, subject, violation));
}
