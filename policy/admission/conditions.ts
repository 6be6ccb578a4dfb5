import { cel } from "#model/admission";
import { type Exemption, exemptionPattern, exemptionsInForce } from "#model/exemptions";

export interface MatchCondition {
  name: string;
  expression: string;
}

/**
 * Controllers of Kubernetes itself that make objects from others that were judged: a pod from its
 * workload's template, a claim from a StatefulSet's. They are known by who they are, for an owner
 * reference can be claimed by anybody; pods that other controllers make are judged.
 */
const controllers = [
  "cronjob-controller",
  "daemon-set-controller",
  "deployment-controller",
  "endpoint-controller",
  "ephemeral-volume-controller",
  "generic-garbage-collector",
  "horizontal-pod-autoscaler",
  "job-controller",
  "namespace-controller",
  "persistent-volume-binder",
  "pv-protection-controller",
  "pvc-protection-controller",
  "replicaset-controller",
  "replication-controller",
  "root-ca-cert-publisher",
  "service-account-controller",
  "service-controller",
  "statefulset-controller",
  "ttl-after-finished-controller",
].map((name) => `system:serviceaccount:kube-system:${name}`);

/** What no rule is asked about: what Kubernetes does by itself, and what is no application's. */
const always: MatchCondition[] = [
  notBy("not-by-kubernetes-itself", [
    "system:kube-controller-manager",
    "system:kube-scheduler",
    ...controllers,
  ]),
  {
    // Else whoever removes finalizers could never let it go.
    name: "not-while-it-is-deleted",
    expression: "!has(object.metadata.deletionTimestamp)",
  },
  {
    // Helm's own record of a release is no object of the application.
    name: "not-a-helm-record",
    expression: `!(object.kind == "Secret" && object.?type.orValue("").startsWith("helm.sh/"))`,
  },
];

/**
 * When a rule with this CEL is asked at all: not where an exemption in force names the object, nor
 * where nothing changes that the rule reads.
 */
export function matchConditions(
  texts: readonly string[],
  settings: Record<string, unknown>,
  { trusted = [], today = new Date() }: { trusted?: readonly string[]; today?: Date },
): MatchCondition[] {
  const exemptions = exemptionsInForce(settings, today);
  return [
    ...always,
    changed(texts.join("\n")),
    ...(trusted.length > 0 ? [notBy("not-by-the-trusted", trusted)] : []),
    ...(exemptions.length > 0 ? [notExempt(exemptions)] : []),
  ];
}

/**
 * What was there before its rule may still be touched, as long as it stays as it is: schedulers and
 * storage drivers write annotations into claims, whose labels they don't know.
 */
function changed(text: string): MatchCondition {
  const fields = [
    "object.?spec",
    ...(/labels/i.test(text) ? ["object.?metadata.?labels"] : []),
    ...(/annotations/i.test(text) ? ["object.?metadata.?annotations"] : []),
  ].map((field) => `${field} != oldO${field.slice(1)}`);
  const expression = `request.operation != "UPDATE" || !has(object.spec) || ${fields.join(" || ")}`;
  return { name: "not-when-it-stays-the-same", expression };
}

function notBy(name: string, users: readonly string[]): MatchCondition {
  return { name, expression: `!(request.userInfo.username in ${cel(users)})` };
}

function notExempt(exemptions: readonly Exemption[]): MatchCondition {
  const where = `(has(object.metadata.namespace) ? object.metadata.namespace + "/" : "")`;
  const shown = `(object.kind + " " + ${where} + object.metadata.name)`;
  const pattern = exemptions.map(({ resource }) => exemptionPattern(resource)).join("|");
  return { name: "not-exempt", expression: `!${shown}.matches(${cel(`^(?:${pattern})$`)})` };
}
