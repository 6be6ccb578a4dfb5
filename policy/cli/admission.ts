import { stringify } from "yaml";
import { type Action, admissionPolicies } from "#admission/policies";
import { plan } from "#model/levels";
import { rules } from "#rules/all";

export interface AdmissionOptions {
  stack?: string;
  namespace: string;
  action: Action;
  trust: string[];
}

/** The admission policies of a stack, or of none in particular, as manifests to apply. */
export function admissionManifests({ stack, namespace, action, trust }: AdmissionOptions): string {
  const options = { prefix: namespace, namespace, action, trusted: trust };
  return admissionPolicies(plan(rules, stack), options)
    .map((object) => `---\n${stringify(object, { lineWidth: 100 })}`)
    .join("");
}
