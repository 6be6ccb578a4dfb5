import { judgeOne } from "#policy/model/judge";
import { isStackRule, type Rule, type Settings } from "#policy/model/rule";
import type { Subject } from "#policy/model/subject";

/** What one object violates of some rules, each under the same settings: "A1 rules[0].verbs[0]". */
export function judgeAlone(rules: readonly Rule[], subject: Subject, settings: Settings): string[] {
  return rules.flatMap((rule) =>
    isStackRule(rule)
      ? []
      : judgeOne(rule, subject, settings).map(({ path }) => `${rule.id} ${path}`),
  );
}
