import { cel } from "#model/admission";
import { list } from "#model/kubernetes";
import { type ObjectRule, type Settings, violationIf } from "#model/rule";
import { isBuiltIn } from "#model/scope";
import type { Subject } from "#model/subject";

const prefix = "app.kubernetes.io";
const recommended = ["name", "instance", "component", "part-of", "managed-by"].map(
  (name) => `${prefix}/${name}`,
);

export const recommendedLabels: ObjectRule = {
  id: "M4",
  name: "recommended-labels",
  title: "Every object carries the labels that say what it is and whose it is.",
  level: "mandatory",
  severity: "low",
  why: "Without them nobody can select an application's objects, tell their owner or sum their cost.",
  fix: `Set ${recommended.join(", ")} in metadata.labels.`,
  settings: {
    labels: {
      type: "array",
      items: { type: "string" },
      default: recommended,
      description: "The labels that every object must carry.",
    },
  },
  admission: (settings) => [
    `${cel(wanted(settings))}.all(l, object.metadata.?labels[?l].orValue("") != "")`,
  ],
  check(subject, { settings, attempt }) {
    const { body, patch } = subject;
    if (patch || !isLasting(subject)) return [];
    return wanted(settings).flatMap((label) =>
      attempt(() =>
        violationIf(
          !body.metadata?.labels?.[label],
          `metadata.labels["${label}"]`,
          "is missing; write it",
        ),
      ),
    );
  },
  /** The name and the tool are certain; what an object belongs to only its author knows. */
  remediate(subject, settings) {
    const { body, patch } = subject;
    const name = body.metadata?.name;
    if (patch || !isLasting(subject) || !body.metadata) return false;
    const known: Record<string, string | undefined> = {
      [`${prefix}/name`]: isLabelValue(name) ? name : undefined,
      [`${prefix}/managed-by`]: "pulumi",
    };
    const missing = wanted(settings).filter((key) => known[key] && !body.metadata?.labels?.[key]);
    if (missing.length === 0) return false;
    body.metadata.labels ??= {};
    for (const key of missing) body.metadata.labels[key] = known[key] as string;
    return true;
  },
};

function wanted(settings: Settings): string[] {
  return list((settings.labels as string[] | undefined) ?? recommended);
}

/** Built-in objects that stay: reviews and bindings of pods are answered and forgotten. */
function isLasting(subject: Subject): boolean {
  return isBuiltIn(subject) && !passing.test(subject.kind);
}

const passing = /(Review|^Binding)$/;

function isLabelValue(name: unknown): name is string {
  return typeof name === "string" && /^(?=.{1,63}$)[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/.test(name);
}
