import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import { plan } from "#policy/model/levels";
import { describe } from "#policy/model/rule";
import { fromManifest } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import type { Rendered } from "#test/support/charts";

const mandatory = plan(rules, undefined).filter(({ level }) => level === "mandatory");

/** The mandatory rules about single objects that an object breaks, each as a sentence. */
export function violationsOf(object: Rendered): string[] {
  const found = judge(fromManifest(object), mandatory, new ExemptionLedger(), false);
  return found.map(({ plan: { rule }, subject, violation }) => describe(rule, subject, violation));
}
