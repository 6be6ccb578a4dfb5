import { matchConditions } from "#admission/conditions";
import { clusterWide, everyKind, resourceRules } from "#admission/resources";
import { sharedVariables } from "#model/admission";
import type { Plan } from "#model/levels";
import {
  type Admission,
  isStackRule,
  type ObjectRule,
  type Rule,
  type Settings,
} from "#model/rule";

/** What happens to an object that breaks a mandatory rule. */
export type Action = "audit" | "warn" | "deny";
export const actions: readonly Action[] = ["audit", "warn", "deny"];

export interface Options {
  /** Begins the names of the objects, which have no namespace: two stacks must not share one. */
  prefix: string;
  /** Where the rules hold; everywhere if left out, for objects without a namespace too. */
  namespace?: string;
  action: Action;
  /** Users whose objects are not judged, such as an operator's service account. */
  trusted?: readonly string[];
  /** The day for which exemptions are read, if it is not today. */
  today?: Date;
}

export interface AdmissionObject {
  apiVersion: "admissionregistration.k8s.io/v1";
  kind: "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding";
  metadata: { name: string };
  spec: Record<string, unknown>;
}

const apiVersion = "admissionregistration.k8s.io/v1";
const validationActions = { audit: ["Audit"], warn: ["Warn", "Audit"], deny: ["Deny", "Audit"] };

type Admissible = ObjectRule & Required<Pick<ObjectRule, "admission">>;

/** Whether the API server can hold objects against a rule. */
export function canAdmit(rule: Rule): rule is Admissible {
  return !isStackRule(rule) && rule.admission !== undefined;
}

/**
 * The rules as admission policies of the cluster, each with its binding. An advisory rule warns at
 * most, a disabled one is left out. Exemptions that have expired by `today` are left out too; one
 * that expires later holds until the policies are made again.
 */
export function admissionPolicies(plans: readonly Plan[], options: Options): AdmissionObject[] {
  return plans.flatMap(({ rule, level, settings }) => {
    if (level === "disabled" || !canAdmit(rule)) return [];
    const admission = admissionOf(rule, settings);
    const kinds = kindsOf(rule, admission, options);
    if (kinds?.length === 0) return [];
    const name = `${options.prefix}-${rule.name}`;
    const metadata = { name };
    const action = level === "advisory" && options.action === "deny" ? "warn" : options.action;
    const policy: AdmissionObject = {
      apiVersion,
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: { matchPolicy: "Equivalent", resourceRules: resourceRules(kinds) },
        matchConditions: matchConditions(textsOf(admission), settings, options),
        variables: variablesOf(admission),
        validations: admission.validations.map((expression) => ({
          expression,
          message: `${rule.id} ${rule.name}: ${admission.message ?? rule.fix}`,
          reason: "Forbidden",
        })),
      },
    };
    const binding: AdmissionObject = {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: {
        policyName: name,
        validationActions: validationActions[action],
        ...(options.namespace && { matchResources: inNamespace(options.namespace) }),
      },
    };
    return [policy, binding];
  });
}

/** What a rule asks of the API server, under these settings. */
export function admissionOf(rule: Admissible, settings: Settings): Admission {
  const admission = rule.admission(settings);
  return "validations" in admission ? admission : { validations: admission };
}

/** A binding's selector matches everything that has no namespace, so such kinds are left out. */
function kindsOf(rule: ObjectRule, { kinds }: Admission, { namespace }: Options) {
  const all = kinds ?? rule.kinds;
  const outside = clusterWide.filter((groupKind) => groupKind !== "Namespace");
  return namespace ? (all ?? everyKind).filter((groupKind) => !outside.includes(groupKind)) : all;
}

function inNamespace(name: string) {
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": name } };
  return { namespaceSelector };
}

function textsOf({ variables = {}, validations }: Admission): string[] {
  return [...validations, ...Object.values(variables)];
}

/** The rule's own variables, after the shared ones that it reads, in an order that works. */
function variablesOf({ variables = {}, validations }: Admission) {
  const texts = textsOf({ variables, validations });
  const needed = new Set<string>();
  const visit = (text: string) => {
    for (const [, name = ""] of text.matchAll(/\bvariables\.(\w+)/g)) {
      const shared = sharedVariables[name];
      if (shared === undefined || needed.has(name)) continue;
      needed.add(name);
      visit(shared);
    }
  };
  texts.forEach(visit);
  const shared = Object.entries(sharedVariables).filter(([name]) => needed.has(name));
  return [...shared, ...Object.entries(variables)].map(([name, expression]) => ({
    name,
    expression,
  }));
}
