import type { ObjectRule } from "#model/rule";

export const secretDataIsSecret: ObjectRule = {
  id: "K5",
  name: "secret-data-is-secret",
  title: "What a Secret holds is a secret in Pulumi's state as well.",
  level: "mandatory",
  severity: "critical",
  why: "A plain value stands readable in the state file, in previews and in pull requests.",
  fix: "Wrap the value in pulumi.secret, or take it from a secret configuration value.",
  pulumiOnly: "secrecy",
  kinds: ["Secret"],
  check({ pulumi }) {
    const message = "is a plain value in Pulumi's state; wrap it in pulumi.secret(…)";
    const unseen = "can be judged only at the level remediate; give this rule that level";
    return (
      pulumi?.plainFields?.map((path) => ({ path, message })) ?? [{ path: "data", message: unseen }]
    );
  },
};
