import { type IntOrPercent, resolve } from "#model/budgets";
import { type ObjectRule, show, type Violation, violationIf } from "#model/rule";
import { type Subject, specOf } from "#model/subject";

interface Strategy {
  type?: string;
  rollingUpdate?: { maxUnavailable?: IntOrPercent; maxSurge?: IntOrPercent };
}
interface Rolling {
  replicas: number;
  strategy: Strategy;
  updateStrategy: Strategy;
}

const kinds = ["Deployment", "StatefulSet", "DaemonSet"];

export const rollingUpdate: ObjectRule = {
  id: "H8",
  name: "rolling-update",
  title: "A new version replaces the old one pod by pod.",
  level: "mandatory",
  severity: "medium",
  why: "Recreate stops every pod before the first new one starts; OnDelete never rolls a version out.",
  fix: "Use RollingUpdate, with a maxSurge or maxUnavailable that lets some pods go at a time.",
  kinds: kinds.flatMap((kind) => [`apps/${kind}`, `extensions/${kind}`]),
  admission: () => ({
    variables: {
      strategy: "object.?spec.?strategy.orValue(object.?spec.?updateStrategy.orValue({}))",
      maxUnavailable: `variables.strategy.?rollingUpdate.?maxUnavailable
        .orValue(object.kind == "Deployment" ? dyn("25%") : dyn(1))`,
      unavailable: `int(string(variables.maxUnavailable).replace("%", ""))`,
      surge: `int(string(variables.strategy.?rollingUpdate.?maxSurge
        .orValue(object.kind == "Deployment" ? dyn("25%") : dyn(0))).replace("%", ""))`,
    },
    validations: [
      `variables.strategy.?type.orValue("RollingUpdate") == "RollingUpdate" || object.kind == "Deployment" &&
        variables.strategy.type == "Recreate" && variables.replicas <= 1`,
      "variables.unavailable != 0 || variables.surge != 0",
      `object.kind != "Deployment" || variables.replicas < 2 || variables.unavailable <
        (type(variables.maxUnavailable) == string ? 100 : variables.replicas)`,
    ],
  }),
  check(subject, context) {
    return [
      ...context.attempt(() => wrongType(subject)),
      ...context.attempt(() => wrongPace(subject)),
    ];
  },
};

const fieldOf = (subject: Subject) =>
  subject.kind === "Deployment" ? "strategy" : "updateStrategy";

function wrongType(subject: Subject): Violation[] {
  const spec = specOf<Rolling>(subject);
  const field = fieldOf(subject);
  const type = spec[field]?.type ?? "RollingUpdate";
  // A single pod that may not run twice, such as one with a volume, has to stop first.
  const replicas = spec.replicas ?? (subject.patch ? 1 : Number.POSITIVE_INFINITY);
  const single = type === "Recreate" && subject.kind === "Deployment" && replicas <= 1;
  const message = `is ${show(type)}; write "RollingUpdate"`;
  return violationIf(type !== "RollingUpdate" && !single, `spec.${field}.type`, message);
}

function wrongPace(subject: Subject): Violation[] {
  const spec = specOf<Rolling>(subject);
  const field = fieldOf(subject);
  const given = spec[field]?.rollingUpdate ?? {};
  if (subject.patch && (given.maxSurge === undefined || given.maxUnavailable === undefined)) {
    return [];
  }
  const deployment = subject.kind === "Deployment";
  const maxSurge = given.maxSurge ?? (deployment ? "25%" : 0);
  const maxUnavailable = given.maxUnavailable ?? (deployment ? "25%" : 1);
  const path = `spec.${field}.rollingUpdate.maxUnavailable`;
  if (Number.parseInt(String(maxUnavailable)) === 0) {
    const stuck = Number.parseInt(String(maxSurge)) === 0;
    const message = "is 0, as maxSurge is, so no pod may be replaced; let one of them be more";
    return violationIf(stuck, path, message);
  }
  // With the number left open, only a percentage can take them all.
  const open = typeof maxUnavailable === "string" ? 100 : Number.POSITIVE_INFINITY;
  const replicas = spec.replicas ?? open;
  const all =
    deployment && replicas > 1 && resolve(maxUnavailable, replicas, Math.floor) >= replicas;
  const message = `is ${show(maxUnavailable)}, which lets all replicas stop at once; write less`;
  return violationIf(all, path, message);
}
