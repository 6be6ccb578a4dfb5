import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AdmissionObject, admissionPolicies, type Options } from "#admission/policies";
import { plan } from "#model/levels";
import { rules } from "#rules/all";

/** The admission policies of a stack; one without policy configuration has every rule's defaults. */
export function policiesOfStack(stack: string | undefined, options: Options): AdmissionObject[] {
  const file = join(import.meta.dirname, "..", `config.${stack}.json`);
  return admissionPolicies(plan(rules, existsSync(file) ? stack : undefined), options);
}
