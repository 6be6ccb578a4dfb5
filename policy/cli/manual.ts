import { asMeshExample, brokenMesh } from "#cli/difference";
import { examples } from "#examples/all";
import type { Example } from "#examples/mesh";
import { ExemptionLedger } from "#model/exemptions";
import { judge } from "#model/judge";
import { describe, isStackRule, type Rule } from "#model/rule";
import { fromManifest } from "#model/subject";

/** The areas of the catalogue, by the first letter of a rule's id. */
export const areas: Record<string, string> = {
  P: "Pods",
  I: "Images",
  R: "Resources",
  B: "Probes and shutdown",
  H: "Availability",
  S: "Services and Ingresses",
  N: "Network",
  A: "Access",
  K: "Secrets and configuration",
  M: "Metadata and storage",
  X: "Service mesh",
  U: "Pulumi",
};

/** The examples made for a rule, each as one of the example application. */
export function examplesOf({ id }: Rule): Example[] {
  return examples.filter(({ rules: [first] }) => first === id).map(asMeshExample);
}

/** What the rule says to an example. */
export function verdictOn(rule: Rule, example: Example): string {
  const subjects = Object.values(brokenMesh(example)).flatMap(fromManifest);
  const settings = example.settings?.[rule.name] ?? {};
  const plan = { rule, level: rule.level, settings };
  const ledger = new ExemptionLedger();
  for (const [name, given] of Object.entries(example.settings ?? {})) ledger.note(name, given);
  const [found] = judge(subjects, [plan], ledger, true);
  return found ? describe(rule, found.subject, found.violation) : "";
}

/** In which of the three runs a rule takes part, a sentence each. */
export function runsOf(rule: Rule): string[] {
  const checker = {
    none: isStackRule(rule)
      ? "`policy check` over a whole stack: manifests or its exported state; not with `--partial`."
      : "`policy check` over manifests and exported state.",
    options: "`policy check` over exported state; manifests have no options of resources.",
    secrecy: "`policy check` over exported state; manifests don't say what is secret there.",
    unknowns: "Not in `policy check`: everything in a file is known.",
  }[rule.pulumiOnly ?? "none"];
  const pack = isStackRule(rule)
    ? "The policy pack, at the end of each preview and update: it looks at all resources together."
    : "The policy pack, at each resource of a preview and an update.";
  const admission = "admission" in rule && rule.admission;
  const cluster = "Admission in the cluster, as a ValidatingAdmissionPolicy.";
  return [pack, checker, ...(admission ? [cluster] : [])];
}

/** The settings of a rule, as rows of name, values, default and meaning. */
export function settingsOf({ settings = {} }: Rule): string[][] {
  return Object.entries(settings).map(([name, schema]) => {
    const {
      type,
      enum: values,
      default: fallback,
      description,
    } = schema as Record<string, unknown>;
    const allowed = Array.isArray(values) ? values.map(code).join(", ") : String(type ?? "any");
    const shown = fallback === undefined ? "" : code(fallback);
    return [name, allowed, shown, String(description ?? "")];
  });
}

function code(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}
