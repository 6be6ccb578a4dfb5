import { mendable } from "#model/remedy";
import { podRule, show, violationIf } from "#model/rule";

export const noServiceAccountToken = podRule({
  id: "P27",
  name: "no-service-account-token",
  title: "Pods get no Kubernetes token unasked.",
  level: "mandatory",
  severity: "medium",
  why: "The token lets whoever breaks into the pod talk to the API server.",
  fix: "Set automountServiceAccountToken to false; a pod that needs a token projects its own.",
  admission: () => ["!variables.podSpec.?automountServiceAccountToken.orValue(true)"],
  pod: ({ spec, path, partial }) => {
    const found = spec.automountServiceAccountToken;
    return violationIf(
      found !== false && !(partial && found === undefined),
      `${path}.automountServiceAccountToken`,
      `is ${show(found)}; write false`,
    );
  },
  /** Keeps the token from a pod that did not ask for it; one that did may need it. */
  remediate(subject) {
    const spec = mendable(subject);
    if (!spec || (spec.automountServiceAccountToken ?? undefined) !== undefined) return false;
    spec.automountServiceAccountToken = false;
    return true;
  },
});
