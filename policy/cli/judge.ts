import { ExemptionLedger } from "#model/exemptions";
import { judge, knowing } from "#model/judge";
import type { Plan } from "#model/levels";
import type { Manifest } from "#model/manifests";
import { type Context, isStackRule, looksAt, type ObjectRule, type Violation } from "#model/rule";
import { type Subject, shown } from "#model/subject";

/** A violation of a rule; without a manifest it is one of the stack's configuration. */
export interface Finding extends Plan {
  subject: Subject;
  manifest?: Manifest;
  violation: Violation;
}

/** What one object violates; the rule by its place among the plans. */
export interface ObjectFinding {
  plan: number;
  violation: Violation;
}

/**
 * Judges one object after the other by the rules about single objects, exemptions aside. Which
 * rules look at a kind is found out once.
 */
export function objectJudge(plans: readonly Plan[]): (subject: Subject) => ObjectFinding[] {
  const ledger = new ExemptionLedger();
  const rulesOf = new Map<string, { plan: number; rule: ObjectRule; context: Context }[]>();
  const find = (subject: Subject) =>
    plans.flatMap(({ rule, settings: { exemptions: _, ...settings } }, plan) => {
      if (isStackRule(rule) || !looksAt(rule, subject)) return [];
      return [{ plan, rule, context: knowing(settings, ledger) }];
    });
  return (subject) => {
    const known = rulesOf.get(subject.groupKind) ?? find(subject);
    rulesOf.set(subject.groupKind, known);
    return known.flatMap(({ plan, rule, context }) => {
      if (rule.pulumiOnly && !subject.pulumi) return [];
      return rule.check(subject, context).map((violation) => ({ plan, violation }));
    });
  };
}

export interface Verdict {
  findings: Finding[];
  /** How many violations exemptions excused. */
  exempted: number;
}

/** What came out for each object, with exemptions applied, and what the stack as a whole violates. */
export function verdict(
  judged: readonly { manifest: Manifest; findings: readonly ObjectFinding[] }[],
  plans: readonly Plan[],
  whole: boolean,
): Verdict {
  const ledger = new ExemptionLedger();
  for (const { rule, settings } of plans) ledger.note(rule.name, settings);
  let exempted = 0;
  const ofObjects = judged.flatMap(({ manifest, findings }) =>
    findings.flatMap(({ plan: index, violation }): Finding[] => {
      const plan = plans[index] as Plan;
      const { subject } = manifest;
      if (!ledger.excuses(plan.rule.name, plan.settings, subject)) {
        return [{ ...plan, subject, manifest, violation }];
      }
      exempted += 1;
      return [];
    }),
  );
  if (!whole) return { findings: ofObjects, exempted };
  const stackPlans = plans.filter(({ rule }) => isStackRule(rule));
  const manifests = new Map(judged.map(({ manifest }) => [manifest.subject, manifest]));
  const ofStack = judge([...manifests.keys()], stackPlans, ledger, true).map(
    ({ plan, subject, violation }): Finding => {
      const manifest = manifests.get(subject);
      return { ...plan, subject, ...(manifest && { manifest }), violation };
    },
  );
  return { findings: sorted([...ofObjects, ...ofStack], judged, plans), exempted };
}

/** By object, in the order of the input, then by rule, in the catalogue's. */
function sorted(
  findings: Finding[],
  judged: readonly { manifest: Manifest }[],
  plans: readonly Plan[],
): Finding[] {
  const objects = new Map(judged.map(({ manifest }, index) => [manifest, index]));
  const rules = new Map(plans.map(({ rule }, index) => [rule, index]));
  const keyed = findings.map((finding) => ({
    finding,
    object: (finding.manifest && objects.get(finding.manifest)) ?? objects.size,
    name: finding.manifest ? "" : shown(finding.subject),
    rule: rules.get(finding.rule) ?? 0,
  }));
  keyed.sort((a, b) => a.object - b.object || compare(a.name, b.name) || a.rule - b.rule);
  return keyed.map(({ finding }) => finding);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
