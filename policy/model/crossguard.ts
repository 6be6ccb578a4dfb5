import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { ExemptionLedger, exemptionsSetting } from "#model/exemptions";
import { Graph } from "#model/graph";
import { UnknownField } from "#model/known";
import type { KubernetesObject } from "#model/kubernetes";
import { pageUrl } from "#model/page";
import { readable } from "#model/readable";
import {
  type Blocked,
  type Context,
  describe,
  isStackRule,
  looksAt,
  type ObjectRule,
  type Rule,
  type StackRule,
  unknownMessage,
} from "#model/rule";
import { plainFieldsOf } from "#model/secrecy";
import { fromPulumi, type Subject } from "#model/subject";
import { UnknownValueError } from "#model/unknown-value";

/** What the host shows of a resource, in the forms that the SDK gives resource and stack policies. */
type Shown = Pick<PolicyResource, "type" | "props" | "urn" | "opts">;

/**
 * The rules as CrossGuard policies, one each, so that a stack sets levels, settings and exemptions
 * by their names. They share what is learnt during a run: the host asks them in turn about every
 * resource, and unpacks its properties for each of them again.
 */
export function policiesOf(
  rules: readonly Rule[],
  ledger = new ExemptionLedger(),
): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const plainFields = new Map<string, string[]>();
  const resources = new Map<string, Judgement<Subject[]>>();
  let stack: Judgement<Graph> | undefined;

  /** A resource as the rules read it: made for the first rule that asks, used by the others. */
  const subjectsOf = (rule: Rule, args: ResourceValidationArgs) => {
    const known = resources.get(args.urn);
    if (known && !known.askedBy.has(rule)) return known.asked(rule);
    const fields = plainFields.get(args.urn);
    plainFields.delete(args.urn);
    const judgement = new Judgement(subjectsIn(args, fields));
    resources.set(args.urn, judgement);
    return judgement.asked(rule);
  };
  const graphOf = (rule: Rule, args: StackValidationArgs) => {
    if (!stack || stack.askedBy.has(rule)) {
      const all = args.resources.flatMap((resource) => subjectsIn(resource));
      stack = new Judgement(new Graph(all));
    }
    return stack.asked(rule);
  };

  const ofObjects = (rule: ObjectRule): ResourceValidationPolicy => ({
    ...factsOf(rule),
    ...remediationOf(rule, ledger, plainFields),
    validateResource(args, report) {
      const settings = args.getConfig<Context["settings"]>();
      ledger.note(rule.name, settings);
      const { about, blocked } = subjectsOf(rule, args);
      for (const subject of about.filter((each) => looksAt(rule, each))) {
        const attempt = noting(rule, blocked);
        const context = { settings, attempt, blocked, ledger };
        for (const violation of attempt(() => rule.check(subject, context))) {
          if (ledger.excuses(rule.name, settings, subject)) break;
          report(describe(rule, subject, violation));
        }
      }
    },
  });

  const ofStack = (rule: StackRule): StackValidationPolicy => ({
    ...factsOf(rule),
    validateStack(args, report) {
      const settings = args.getConfig<Context["settings"]>();
      ledger.note(rule.name, settings);
      const { about } = graphOf(rule, args);
      const blocked: Blocked[] = [];
      const attempt = noting(rule, blocked);
      const context = { settings, attempt, blocked, ledger };
      for (const violation of attempt(() => rule.checkStack(about, context))) {
        if (ledger.excuses(rule.name, settings, violation.subject)) continue;
        report(describe(rule, violation.subject, violation), violation.subject.pulumi?.urn);
      }
      for (const { path } of blocked) report(`${rule.id} ${path} ${unknownMessage(rule)}`);
    },
  });

  return rules.map((rule) => (isStackRule(rule) ? ofStack(rule) : ofObjects(rule)));
}

/** What the rules look at, and which have: one that asks twice looks at something new. */
class Judgement<T> {
  readonly about: T;
  readonly askedBy = new Set<Rule>();
  /** What rules could not read of it so far. */
  readonly blocked: Blocked[] = [];

  constructor(about: T) {
    this.about = about;
  }

  asked(rule: Rule): this {
    this.askedBy.add(rule);
    return this;
  }
}

function subjectsIn({ type, props, urn, opts }: Shown, plainFields?: string[]): Subject[] {
  const { protect, ignoreChanges } = opts;
  const facts = { urn, protect, ignoreChanges, ...(plainFields && { plainFields }) };
  return fromPulumi(type, readable(props), facts);
}

/** An attempt that notes the fields it could not read, each once, and goes on. */
function noting(rule: Rule, blocked: Blocked[]): Context["attempt"] {
  return (part) => {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof UnknownField)) throw error;
      const { path } = error;
      const noted = blocked.some((each) => each.rule === rule && each.path === path);
      if (!noted) blocked.push({ rule, path });
      return [];
    }
  };
}

function factsOf(rule: Rule) {
  const url = pageUrl(rule);
  return {
    name: rule.name,
    displayName: `${rule.id} ${rule.name}`,
    description: rule.title,
    // Only a remediation is shown which values are secret. This one changes nothing, and what
    // violates a policy at this level counts as mandatory.
    enforcementLevel: rule.pulumiOnly === "secrecy" ? ("remediate" as const) : rule.level,
    severity: rule.severity,
    remediationSteps: `${rule.why} ${rule.fix}`,
    ...(url && { url }),
    configSchema: { properties: { ...rule.settings, exemptions: exemptionsSetting } },
  };
}

type Observed = Pick<ResourceValidationArgs, "type" | "urn" | "props">;

/** For a host that shows which values are secret without asking for a remediation. */
interface Observer {
  observeResource?(args: Observed): void;
}

/** What the host runs before the checks where a stack gives the rule the level `remediate`. */
function remediationOf(
  rule: ObjectRule,
  ledger: ExemptionLedger,
  plainFields: Map<string, string[]>,
): Pick<ResourceValidationPolicy, "remediateResource"> & Observer {
  if (rule.pulumiOnly === "secrecy") {
    const observeResource = ({ type, urn, props }: Observed) => {
      if (type.endsWith(":Secret")) plainFields.set(urn, plainFieldsOf(props));
    };
    return { remediateResource: observeResource, observeResource };
  }
  const { remediate } = rule;
  if (!remediate) return {};
  return {
    remediateResource(args) {
      const settings = args.getConfig<Context["settings"]>();
      const [subject, ...others] = fromPulumi(args.type, args.props as KubernetesObject);
      if (!subject || others.length > 0 || !looksAt(rule, subject)) return undefined;
      if (ledger.excuses(rule.name, settings, subject)) return undefined;
      try {
        return remediate(subject, settings) ? args.props : undefined;
      } catch (error) {
        // What is not known yet can't be mended; the check that follows says so.
        if (error instanceof UnknownValueError) return undefined;
        throw error;
      }
    },
  };
}
