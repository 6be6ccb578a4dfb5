import { createRequire } from "node:module";
import { z } from "zod";

/** The policy pack's rules in the cluster: what happens to objects that break them. */
export const admission = z.strictObject({
  action: z
    .enum(["audit", "warn", "deny"])
    .describe(
      "What the API server does with an object in the namespace that breaks a mandatory rule: note it in its audit log, warn as well, or refuse it. Of advisory rules it warns at most.",
    ),
  trusted: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "Users whose objects are not judged, such as an operator's service account, system:serviceaccount:cnpg-system:cnpg-manager.",
    ),
});
export type AdmissionSettings = z.output<typeof admission>;

/**
 * The stack's policies as the API server takes them, at the levels, with the settings and
 * exemptions of its policy configuration. The rules are read only here, by who wants them.
 */
export function admissionObjects(settings: AdmissionSettings, namespace: string, stack: string) {
  const require = createRequire(import.meta.url);
  const { policiesOfStack } =
    require("#policy/admission/stack") as typeof import("#policy/admission/stack");
  return policiesOfStack(stack, { ...settings, prefix: namespace, namespace }).map(
    ({ kind, metadata: { name }, spec }) => ({ kind, name, spec }),
  );
}
