import {
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  Secret,
  UnknownValueError,
} from "@pulumi/policy";
import type { KubernetesObject } from "#model/kubernetes";
import { type Context, describe, type Rule } from "#model/rule";
import { fromPulumi } from "#model/subject";

/** What is learnt about a resource before the rule that reports it runs, by URN. */
const plainFields = new Map<string, string[]>();
const blockedRules = new Map<string, Context["blocked"]>();

/**
 * A rule as a policy of its own, so that a stack sets its level and settings by its name. The host
 * unpacks a resource again for each policy, which costs less than 0.1 ms.
 */
export function policyOf(rule: Rule): ResourceValidationPolicy {
  const secrecy = rule.pulumiOnly === "secrecy";
  return {
    name: rule.name,
    displayName: `${rule.id} ${rule.name}`,
    description: rule.title,
    // Only a remediation is shown which values are secret. This one changes nothing, and what
    // violates a policy at this level counts as mandatory.
    enforcementLevel: secrecy ? "remediate" : rule.level,
    severity: rule.severity,
    remediationSteps: `${rule.why} ${rule.fix}`,
    ...(rule.settings && { configSchema: { properties: rule.settings } }),
    ...(secrecy && {
      remediateResource: (args: ResourceValidationArgs) => {
        if (args.type.endsWith(":Secret")) plainFields.set(args.urn, plainFieldsOf(args.props));
      },
    }),
    validateResource: (args, report) => validate(rule, args, report),
  };
}

function validate(rule: Rule, args: ResourceValidationArgs, report: (message: string) => void) {
  const blocked = blockedRules.get(args.urn) ?? [];
  const attempt: Context["attempt"] = (part) => {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      const path = pathOf(error);
      const noted = blocked.some((each) => each.rule === rule && each.path === path);
      if (!noted) blocked.push({ rule, path });
      blockedRules.set(args.urn, blocked);
      return [];
    }
  };
  const context: Context = {
    settings: args.getConfig(),
    attempt,
    plainFields: plainFields.get(args.urn),
    blocked,
  };
  if (rule.pulumiOnly === "secrecy") plainFields.delete(args.urn);
  if (rule.pulumiOnly === "unknowns") blockedRules.delete(args.urn);
  attempt(() => {
    for (const subject of fromPulumi(args.type, args.props as KubernetesObject)) {
      for (const violation of attempt(() => rule.check(subject, context))) {
        report(describe(rule, subject, violation));
      }
    }
    return [];
  });
}

/** `spec.containers[0].image`, from the keys that lead to the unknown value. */
function pathOf(error: UnknownValueError): string {
  const keys = (error as unknown as { props: (string | symbol)[] }).props;
  return keys
    .map(String)
    .map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : `${index ? "." : ""}${key}`))
    .join("");
}

/** The fields of a Secret whose values are known and not secret. */
function plainFieldsOf(props: Record<string, unknown>): string[] {
  return ["data", "stringData"].flatMap((field) => {
    if (isSecretOrUnknown(props, field)) return [];
    const values = props[field] as Record<string, unknown> | undefined;
    if (typeof values !== "object" || values === null) return [];
    const plain = Object.keys(values).filter((key) => !isSecretOrUnknown(values, key));
    return plain.map((key) => `${field}.${key}`);
  });
}

/** The host's proxies unwrap secrets that are read through them; a descriptor bypasses them. */
function isSecretOrUnknown(owner: Record<string, unknown>, key: string): boolean {
  try {
    void owner[key];
    return Object.getOwnPropertyDescriptor(owner, key)?.value instanceof Secret;
  } catch {
    return true;
  }
}
