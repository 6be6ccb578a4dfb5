import { type ContainerView, containersOf, type Pod, podOf } from "#model/pod";
import { nameOf, type Subject } from "#model/subject";

export type Level = "mandatory" | "advisory" | "disabled";

export interface Violation {
  /** The field, from the object's root: `spec.template.spec.containers[0].image`. */
  path: string;
  /** What was found there, and what to write instead. */
  message: string;
}

/** What a rule may know besides the object. */
export interface Context {
  /** The stack's settings for this rule, from its policy configuration. */
  settings: Record<string, unknown>;
  /**
   * Runs one part of a rule. In a preview the host's version catches a value that is not known yet,
   * notes it, and lets the other parts run.
   */
  attempt(part: () => Violation[]): Violation[];
  /** Fields of a Secret that Pulumi's state holds in plain text; undefined if nobody looked. */
  plainFields: string[] | undefined;
  /** What `attempt` noted for this resource so far, over all rules. */
  blocked: { rule: Rule; path: string }[];
}

export interface Rule {
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
  /** What the rule looks at where only a Pulumi deployment shows it, and manifests do not. */
  pulumiOnly?: "secrecy" | "unknowns";
  check(subject: Subject, context: Context): Violation[];
}

type PodRule = Omit<Rule, "check"> & {
  pod?(pod: Pod, context: Context): Violation[];
  container?(view: ContainerView, pod: Pod, context: Context): Violation[];
};

/** A rule over the pod of every workload kind: its pod part once, its container part for each. */
export function podRule({ pod: checkPod, container: checkContainer, ...rule }: PodRule): Rule {
  return {
    ...rule,
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
  const { namespace, name } = nameOf(subject);
  const resource = `${subject.kind} ${namespace ? `${namespace}/` : ""}${name || "(no name yet)"}`;
  return `${rule.id} ${resource}: ${violation.path} ${violation.message}`;
}

/** Runs one rule over a manifest, where every value is known and nothing shows secrecy. */
export function run(rule: Rule, subject: Subject, settings: Context["settings"]): Violation[] {
  const context: Context = {
    settings,
    attempt: (part) => part(),
    plainFields: undefined,
    blocked: [],
  };
  return rule.pulumiOnly ? [] : rule.check(subject, context);
}
