import { ExemptionLedger } from "#model/exemptions";
import { Graph } from "#model/graph";
import type { Plan } from "#model/levels";
import {
  type Context,
  isStackRule,
  looksAt,
  type ObjectRule,
  type Settings,
  type Violation,
} from "#model/rule";
import type { Subject } from "#model/subject";

export interface Finding {
  plan: Plan;
  subject: Subject;
  violation: Violation;
}

/** What rules are told besides objects of which every value is known. */
export function knowing(settings: Settings, ledger = new ExemptionLedger()): Context {
  return { settings, attempt: (part) => part(), blocked: [], ledger };
}

/**
 * What the objects violate, rule by rule, where every value is known. Rules about the whole stack
 * run only where the objects are one (`whole`).
 */
export function judge(
  subjects: readonly Subject[],
  plans: readonly Plan[],
  ledger: ExemptionLedger,
  whole: boolean,
): Finding[] {
  const graph = whole ? new Graph(subjects) : undefined;
  return plans.flatMap((plan) => {
    const { rule, settings } = plan;
    const context = knowing(settings, ledger);
    ledger.note(rule.name, settings);
    if (isStackRule(rule)) {
      const found = graph ? rule.checkStack(graph, context) : [];
      return found
        .filter(({ subject }) => !ledger.excuses(rule.name, settings, subject))
        .map(({ subject, ...violation }) => ({ plan, subject, violation }));
    }
    return subjects
      .filter((subject) => looksAt(rule, subject) && (!rule.pulumiOnly || subject.pulumi))
      .flatMap((subject) =>
        rule.check(subject, context).map((violation) => ({ plan, subject, violation })),
      )
      .filter(({ subject }) => !ledger.excuses(rule.name, settings, subject));
  });
}

/** What one object violates of one rule, exemptions aside. */
export function judgeOne(rule: ObjectRule, subject: Subject, settings: Settings): Violation[] {
  return looksAt(rule, subject) ? rule.check(subject, knowing(settings)) : [];
}
