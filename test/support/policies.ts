import { plan } from "#policy/model/levels";
import { run } from "#policy/model/rule";
import { fromManifest } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import type { Rendered } from "#test/support/charts";

const mandatory = plan(rules, undefined).filter(({ level }) => level === "mandatory");

/** The mandatory rules that an object breaks, each as a sentence. */
export function violationsOf(object: Rendered): string[] {
  const id = `${object.kind}/${object.metadata.name}`;
  return fromManifest(object).flatMap((subject) =>
    mandatory.flatMap(({ rule, settings }) =>
      run(rule, subject, settings).map(
        ({ path, message }) => `${rule.id} ${id} ${path} ${message}`,
      ),
    ),
  );
}
