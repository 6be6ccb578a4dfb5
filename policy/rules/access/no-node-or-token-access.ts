import { named, type Power, roleRule } from "#model/access";
import { everyGrant, withoutPower } from "#model/admission";

const certificates = "certificates.k8s.io";

const powers: Power[] = [
  { group: "", resources: ["nodes/proxy"], verbs: ["get", "create", "update", "patch", "delete"] },
  { group: "", resources: ["serviceaccounts/token"], verbs: ["create"] },
  {
    group: certificates,
    resources: ["certificatesigningrequests/approval"],
    verbs: ["update", "patch"],
  },
  { group: certificates, resources: ["signers"], verbs: ["approve", "sign"] },
];

export const noNodeOrTokenAccess = roleRule({
  id: "A8",
  name: "no-node-or-token-access",
  title: "No role talks to nodes directly, approves certificates, or makes tokens.",
  level: "mandatory",
  severity: "high",
  why: "Each becomes somebody else: a node with all its pods, the bearer of a certificate, a service account.",
  fix: "Leave the resource out; controllers of the cluster do this, people and workloads need not.",
  admission: () => [everyGrant(powers.map(withoutPower).join(" && "))],
  grant: (grant, path) =>
    powers
      .flatMap((power) => named(grant, power, path))
      .map(({ path, found }) => ({ path, message: `${found}; leave it out` })),
});
