import { type Example, onObject, type PodExample, set } from "#examples/mesh";

const role = "Role/viewers";
const binding = "RoleBinding/viewers";
const rbac = "rbac.authorization.k8s.io";
const hooks = "admissionregistration.k8s.io";

/** An example in which the role grants one thing more. */
function granting(what: string, id: string, path: string, grant: object): Example {
  return onObject(what, [id], role, `rules[1].${path}`, ({ rules }) => rules.push(grant));
}

export const accessExamples: (Example | PodExample)[] = [
  granting("every verb", "A1", "verbs[0]", {
    apiGroups: [""],
    resources: ["pods"],
    verbs: ["*"],
  }),
  granting("every resource of a group", "A1", "resources[0]", {
    apiGroups: [""],
    resources: ["*"],
    verbs: ["get"],
  }),
  granting("every API group", "A1", "apiGroups[0]", {
    apiGroups: ["*"],
    resources: ["pods"],
    verbs: ["get"],
  }),
  onObject("a binding to cluster-admin", ["A2"], binding, "roleRef.name", ({ roleRef }) =>
    set(roleRef, { kind: "ClusterRole", name: "cluster-admin" }),
  ),
  granting("reading secrets", "A3", "resources[0]", {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["get"],
  }),
  granting("making pods", "A4", "resources[0]", {
    apiGroups: [""],
    resources: ["pods"],
    verbs: ["create"],
  }),
  granting("making jobs", "A4", "resources[1]", {
    apiGroups: ["batch"],
    resources: ["jobs/status", "jobs"],
    verbs: ["get", "create"],
  }),
  granting("commands in pods", "A5", "resources[0]", {
    apiGroups: [""],
    resources: ["pods/exec"],
    verbs: ["create"],
  }),
  granting("binding roles to oneself", "A6", "verbs[0]", {
    apiGroups: [rbac],
    resources: ["roles"],
    verbs: ["bind"],
  }),
  granting("acting as somebody else", "A6", "verbs[0]", {
    apiGroups: [""],
    resources: ["users"],
    verbs: ["impersonate"],
  }),
  granting("changing webhooks", "A7", "resources[0]", {
    apiGroups: [hooks],
    resources: ["mutatingwebhookconfigurations"],
    verbs: ["patch"],
  }),
  granting("the way to the nodes", "A8", "resources[0]", {
    apiGroups: [""],
    resources: ["nodes/proxy"],
    verbs: ["get"],
  }),
  granting("tokens of others", "A8", "resources[0]", {
    apiGroups: [""],
    resources: ["serviceaccounts/token"],
    verbs: ["create"],
  }),
  granting("approving certificates", "A8", "resources[0]", {
    apiGroups: ["certificates.k8s.io"],
    resources: ["certificatesigningrequests/approval"],
    verbs: ["patch"],
  }),
  onObject("rights for everybody", ["A9"], binding, "subjects[0].name", ({ subjects }) =>
    set(subjects[0], { name: "system:unauthenticated" }),
  ),
];
