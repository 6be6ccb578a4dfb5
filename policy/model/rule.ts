import type { ExemptionLedger } from "#model/exemptions";
import type { Graph } from "#model/graph";
import { type ContainerView, containersOf, type Pod, podKinds, podOf } from "#model/pod";
import { type Subject, shown } from "#model/subject";

export type Level = "mandatory" | "advisory" | "disabled";
export type Settings = Record<string, unknown>;

export interface Violation {
  /** The field, from the object's root: `spec.template.spec.containers[0].image`. */
  path: string;
  /** What was found there, and what to write instead. */
  message: string;
}

/** A violation of a rule over the whole stack, with the object that it is held against. */
export interface StackViolation extends Violation {
  subject: Subject;
}

/** What a rule may know besides the objects. */
export interface Context {
  /** The stack's settings for this rule, from its policy configuration. */
  settings: Settings;
  /**
   * Runs one part of a rule. In a preview the host's version catches a value that is not known yet,
   * notes it, and lets the other parts run.
   */
  attempt<V extends Violation>(part: () => V[]): V[];
  /** What `attempt` noted for this resource so far, over all rules. */
  blocked: Blocked[];
  /** The exemptions met so far in this run. */
  ledger: ExemptionLedger;
}

export interface Blocked {
  rule: Rule;
  /** The field that is not known. */
  path: string;
}

/** What admission in the cluster can hold an object against, in CEL. */
export interface Admission {
  /** Group and kind of what it looks at, where that is less than the rule's own `kinds`. */
  kinds?: readonly string[];
  /** CEL that is shared by the validations, by name; they read `variables.<name>`. */
  variables?: Record<string, string>;
  /** CEL that is true where the rule is kept. */
  validations: readonly string[];
  /** The sentence for where it is not, if the rule's `fix` does not say it. */
  message?: string;
}

interface Facts {
  /** The catalogue's id, such as P14. */
  id: string;
  /** The policy's name in Pulumi and in policy configuration. */
  name: string;
  /** One sentence that says what holds where the rule is kept. */
  title: string;
  /** The level of a stack that does not set one. */
  level: Level;
  severity: "critical" | "high" | "medium" | "low";
  /** What goes wrong without it. */
  why: string;
  /** What to write in a manifest. */
  fix: string;
  /** JSON schema of each setting that a stack may give. */
  settings?: Record<string, object>;
  /**
   * What the rule looks at where only a Pulumi deployment shows it, and manifests do not: options
   * of resources, which values are secret, which are unknown in a preview.
   */
  pulumiOnly?: "options" | "secrecy" | "unknowns";
}

/** A rule about one object. */
export interface ObjectRule extends Facts {
  /** Group and kind of what it looks at, such as `apps/Deployment` or `Service`; else everything. */
  kinds?: readonly string[];
  check(subject: Subject, context: Context): Violation[];
  /** Mends the object in place, where that is safe to do unasked; says whether it did anything. */
  remediate?(subject: Subject, settings: Settings): boolean;
  /** The same rule in CEL, where CEL can say it; a list is one of validations. */
  admission?(settings: Settings): Admission | readonly string[];
}

/** A rule about how the objects of a stack fit together. */
export interface StackRule extends Facts {
  checkStack(graph: Graph, context: Context): StackViolation[];
}

export type Rule = ObjectRule | StackRule;

type PodRule = Omit<ObjectRule, "check" | "kinds"> & {
  pod?(pod: Pod, context: Context): Violation[];
  container?(view: ContainerView, pod: Pod, context: Context): Violation[];
};

/** A rule over the pod of every workload kind: its pod part once, its container part for each. */
export function podRule({
  pod: checkPod,
  container: checkContainer,
  ...rule
}: PodRule): ObjectRule {
  return {
    ...rule,
    kinds: podKinds,
    check(subject, context) {
      const pod = podOf(subject);
      if (!pod) return [];
      const found = checkPod ? context.attempt(() => checkPod(pod, context)) : [];
      if (!checkContainer) return found;
      for (const read of containersOf(pod)) {
        found.push(...context.attempt(() => checkContainer(read(), pod, context)));
      }
      return found;
    },
  };
}

export function isStackRule(rule: Rule): rule is StackRule {
  return "checkStack" in rule;
}

/** Whether a rule has anything to say about an object of this group and kind. */
export function looksAt({ kinds }: ObjectRule, { groupKind }: Subject): boolean {
  return kinds === undefined || kinds.includes(groupKind);
}

/** A list of one violation if `bad`, else of none. */
export function violationIf(bad: boolean, path: string, message: string): Violation[] {
  return bad ? [{ path, message }] : [];
}

/** `"web"`, `0`, `missing`: a value as messages show it. */
export function show(value: unknown): string {
  return value === undefined || value === null ? "missing" : JSON.stringify(value);
}

/** The sentence a person reads: rule, resource, field, what was found and what to write. */
export function describe(rule: Rule, subject: Subject, violation: Violation): string {
  return `${rule.id} ${shown(subject)}: ${violation.path} ${violation.message}`;
}

/** What is to be said of a field that is not known in a preview. */
export function unknownMessage({ id, name }: Rule): string {
  const fix = "give it a value that does not depend on another resource's output";
  return `is not known in this preview, so ${id} ${name} can't judge it; ${fix}`;
}
