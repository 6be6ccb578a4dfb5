import { named, roleRule } from "#model/access";
import { everyGrant, withoutPower } from "#model/admission";

const writing = {
  group: "admissionregistration.k8s.io",
  resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
  verbs: ["create", "update", "patch", "delete", "deletecollection"],
};

export const noWebhookWriting = roleRule({
  id: "A7",
  name: "no-webhook-writing",
  title: "No role changes the configuration of admission webhooks.",
  level: "mandatory",
  severity: "high",
  why: "A webhook reads and changes every object that is created, secrets included; without one, its checks are gone.",
  fix: "Grant get, list and watch only.",
  admission: () => [everyGrant(withoutPower(writing))],
  grant: (grant, path) =>
    named(grant, writing, path).map(({ path, found }) => ({
      path,
      message: `${found}; grant get, list and watch only`,
    })),
});
