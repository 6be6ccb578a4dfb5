import { cel } from "#model/admission";
import { type ObjectRule, violationIf } from "#model/rule";

const tokenType = "kubernetes.io/service-account-token";

export const noServiceAccountTokenSecrets: ObjectRule = {
  id: "K4",
  name: "no-service-account-token-secrets",
  title: "No Secret holds a service account's token.",
  level: "mandatory",
  severity: "medium",
  why: "Such a token never expires, is bound to no pod, and anybody who reads secrets can use it.",
  fix: "Mount a projected token, or ask the TokenRequest API for one that expires.",
  kinds: ["Secret"],
  admission: () => [`object.?type.orValue("") != ${cel(tokenType)}`],
  check: ({ body }, { attempt }) =>
    attempt(() =>
      violationIf(body.type === tokenType, "type", `is "${tokenType}"; use a projected token`),
    ),
};
