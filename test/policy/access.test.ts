import assert from "node:assert/strict";
import { fromManifest } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { judgeAlone } from "./support/judge-alone.ts";

const rbac = "rbac.authorization.k8s.io";

/** The violations of a Role with one grant, in the form "A1 rules[0].verbs[0]". */
function ofGrant(grant: unknown, settings = {}, more = {}): string[] {
  return of({ kind: "Role", rules: [grant], ...more }, settings);
}

function of(object: object, settings: Record<string, unknown> = {}): string[] {
  const [subject] = fromManifest({ apiVersion: `${rbac}/v1`, metadata: { name: "r" }, ...object });
  assert.ok(subject);
  return judgeAlone(
    rules.filter(({ id }) => /^A\d/.test(id)),
    subject,
    settings,
  );
}

describe("the rules about access", () => {
  const pods = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
  const hooks = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];
  const admission = "admissionregistration.k8s.io";

  const grants: [string, object, string[]][] = [
    ["name everything", pods, []],
    [
      "every subresource of a name",
      { ...pods, resources: ["*/exec"] },
      ["A1 rules[0].resources[0]"],
    ],
    ["a wildcard after a name", { ...pods, verbs: ["get", "*"] }, ["A1 rules[0].verbs[1]"]],
    ["all paths", { nonResourceURLs: ["*"], verbs: ["get"] }, ["A1 rules[0].nonResourceURLs[0]"]],
    [
      "all paths below the root",
      { nonResourceURLs: ["/*"], verbs: ["get"] },
      ["A1 rules[0].nonResourceURLs[0]"],
    ],
    ["one subtree of paths", { nonResourceURLs: ["/metrics/*"], verbs: ["get"] }, []],
    [
      "verbs of a wildcard on secrets",
      { ...pods, resources: ["secrets"], verbs: ["*"] },
      ["A1 rules[0].verbs[0]"],
    ],
    [
      "secrets of every group",
      { ...pods, apiGroups: ["*"], resources: ["secrets"] },
      ["A1 rules[0].apiGroups[0]", "A3 rules[0].resources[0]"],
    ],
    [
      "a list of secrets",
      { ...pods, resources: ["pods", "secrets"], verbs: ["list"] },
      ["A3 rules[0].resources[1]"],
    ],
    [
      "a watch on secrets",
      { ...pods, resources: ["secrets"], verbs: ["watch"] },
      ["A3 rules[0].resources[0]"],
    ],
    ["writing secrets", { ...pods, resources: ["secrets"], verbs: ["create", "patch"] }, []],
    [
      "secrets of another group",
      { ...pods, apiGroups: ["example.com"], resources: ["secrets"] },
      [],
    ],
    ["attaching", { ...pods, resources: ["pods/attach"] }, ["A5 rules[0].resources[0]"]],
    [
      "forwarding ports",
      { ...pods, resources: ["pods/portforward"], verbs: ["create"] },
      ["A5 rules[0].resources[0]"],
    ],
    [
      "exec without a verb that opens it",
      { ...pods, resources: ["pods/exec"], verbs: ["list"] },
      [],
    ],
    ["making pods", { ...pods, verbs: ["create"] }, ["A4 rules[0].resources[0]"]],
    [
      "making volumes of the cluster",
      { ...pods, resources: ["persistentvolumes"], verbs: ["create"] },
      ["A4 rules[0].resources[0]"],
    ],
    ["making claims", { ...pods, resources: ["persistentvolumeclaims"], verbs: ["create"] }, []],
    ...["deployments", "statefulsets", "daemonsets", "replicasets"].map(
      (resource): [string, object, string[]] => [
        `making ${resource}`,
        { apiGroups: ["apps"], resources: [resource], verbs: ["create"] },
        ["A4 rules[0].resources[0]"],
      ],
    ),
    [
      "making jobs and cron jobs",
      { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: ["create"] },
      ["A4 rules[0].resources[0]", "A4 rules[0].resources[1]"],
    ],
    [
      "making controllers",
      { ...pods, resources: ["replicationcontrollers"], verbs: ["create"] },
      ["A4 rules[0].resources[0]"],
    ],
    [
      "changing workloads",
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"] },
      [],
    ],
    ...["get", "create", "update", "patch", "delete"].map((verb): [string, object, string[]] => [
      `${verb} through the proxy of nodes`,
      { ...pods, resources: ["nodes/proxy"], verbs: [verb] },
      ["A8 rules[0].resources[0]"],
    ]),
    ["looking at nodes", { ...pods, resources: ["nodes"] }, []],
    [
      "making tokens",
      { ...pods, resources: ["serviceaccounts/token"], verbs: ["create"] },
      ["A8 rules[0].resources[0]"],
    ],
    ...["update", "patch"].map((verb): [string, object, string[]] => [
      `approving certificates by ${verb}`,
      {
        apiGroups: ["certificates.k8s.io"],
        resources: ["certificatesigningrequests/approval"],
        verbs: [verb],
      },
      ["A8 rules[0].resources[0]"],
    ]),
    ...["approve", "sign"].map((verb): [string, object, string[]] => [
      `the verb ${verb} of signers`,
      { apiGroups: ["certificates.k8s.io"], resources: ["signers"], verbs: [verb] },
      ["A8 rules[0].resources[0]"],
    ]),
    ["logs", { ...pods, resources: ["pods/log"] }, []],
    [
      "escalating cluster roles",
      { apiGroups: [rbac], resources: ["clusterroles"], verbs: ["get", "escalate"] },
      ["A6 rules[0].verbs[1]"],
    ],
    [
      "binding in every group",
      { apiGroups: ["*"], resources: ["roles"], verbs: ["bind"] },
      ["A1 rules[0].apiGroups[0]", "A6 rules[0].verbs[0]"],
    ],
    [
      "binding on all resources",
      { apiGroups: [rbac], resources: ["*"], verbs: ["bind"] },
      ["A1 rules[0].resources[0]", "A6 rules[0].verbs[0]"],
    ],
    [
      "an operator's own verb bind",
      { apiGroups: ["apis.kcp.io"], resources: ["roles"], verbs: ["bind"] },
      [],
    ],
    [
      "bind on what is no role",
      { apiGroups: [rbac], resources: ["rolebindings"], verbs: ["bind"] },
      [],
    ],
    ["making roles", { apiGroups: [rbac], resources: ["roles"], verbs: ["create"] }, []],
    [
      "impersonating in part",
      {
        apiGroups: ["authentication.k8s.io"],
        resources: ["users"],
        verbs: ["impersonate:user-info"],
      },
      ["A6 rules[0].verbs[0]"],
    ],
    [
      "impersonating for one verb",
      { ...pods, verbs: ["impersonate-on:user-info:list"] },
      ["A6 rules[0].verbs[0]"],
    ],
    ["a verb that only starts alike", { ...pods, verbs: ["impersonated", "unimpersonate"] }, []],
    ...["create", "update", "patch", "delete", "deletecollection"].flatMap((verb) =>
      hooks.map((resource): [string, object, string[]] => [
        `${verb} ${resource}`,
        { apiGroups: [admission], resources: [resource], verbs: [verb] },
        ["A7 rules[0].resources[0]"],
      ]),
    ),
    [
      "reading webhooks",
      { apiGroups: [admission], resources: hooks, verbs: ["get", "list", "watch"] },
      [],
    ],
    ["webhooks of another group", { ...pods, resources: hooks, verbs: ["patch"] }, []],
    ["nothing", {}, []],
    ["nulls", { apiGroups: null, resources: null, verbs: null, nonResourceURLs: null }, []],
  ];

  for (const [what, grant, expected] of grants) {
    it(`judge a role with ${what}`, () => assert.deepEqual(ofGrant(grant), expected));
  }

  it("let a role read secrets by name where a setting says so", () => {
    const grant = { ...pods, resources: ["secrets"], resourceNames: ["one"] };
    assert.deepEqual(ofGrant(grant), ["A3 rules[0].resources[0]"]);
    assert.deepEqual(ofGrant(grant, { allowNamed: true }), []);
    assert.deepEqual(ofGrant({ ...grant, resourceNames: [] }, { allowNamed: true }), [
      "A3 rules[0].resources[0]",
    ]);
  });

  it("name the second rule of a role, in old versions and for cluster roles too", () => {
    const role = { kind: "ClusterRole", rules: [pods, { ...pods, verbs: ["*"] }] };
    assert.deepEqual(of(role), ["A1 rules[1].verbs[0]"]);
    assert.deepEqual(of({ ...role, apiVersion: `${rbac}/v1beta1` }), ["A1 rules[1].verbs[0]"]);
    assert.deepEqual(of({ ...role, apiVersion: "example.com/v1" }), []);
  });

  it("bear roles and bindings in which nothing is said", () => {
    assert.deepEqual(of({ kind: "Role", rules: [null] }), []);
    assert.deepEqual(of({ kind: "ClusterRole", rules: null, aggregationRule: null }), []);
    assert.deepEqual(of({ kind: "RoleBinding", roleRef: null, subjects: [null] }), []);
    assert.deepEqual(of({ kind: "RoleBinding" }), []);
  });

  it("find an aggregated role that adds up all roles", () => {
    const of1 = (...clusterRoleSelectors: unknown[]) =>
      of({ kind: "ClusterRole", aggregationRule: { clusterRoleSelectors } });
    const label = { matchLabels: { "example.com/aggregate": "true" } };
    const path = "A1 aggregationRule.clusterRoleSelectors";
    assert.deepEqual(of1(label, {}), [`${path}[1]`]);
    assert.deepEqual(of1({ matchLabels: {}, matchExpressions: [] }), [`${path}[0]`]);
    assert.deepEqual(of1({ matchExpressions: [{ key: "a", operator: "Exists" }] }), []);
  });

  const roleRef = (kind: string, name: string) => ({
    kind: "ClusterRoleBinding",
    roleRef: { kind, name },
  });

  it("tell the cluster's administrator from a role of that name, and know a stack's own list", () => {
    assert.deepEqual(of(roleRef("ClusterRole", "cluster-admin")), ["A2 roleRef.name"]);
    assert.deepEqual(of(roleRef("Role", "cluster-admin")), []);
    assert.deepEqual(of(roleRef("ClusterRole", "edit")), []);
    assert.deepEqual(of(roleRef("ClusterRole", "edit"), { roles: ["edit"] }), ["A2 roleRef.name"]);
  });

  it("refuse every name that stands for everybody, of users and groups", () => {
    for (const name of [
      "anonymous",
      "unauthenticated",
      "authenticated",
      "serviceaccounts",
      "masters",
    ]) {
      const subjects = [
        { kind: "User", name: "ann" },
        { kind: "Group", name: `system:${name}` },
      ];
      assert.deepEqual(of({ kind: "RoleBinding", subjects }), ["A9 subjects[1].name"], name);
    }
    const subjects = [
      { kind: "Group", name: "system:serviceaccounts:mesh" },
      { kind: "ServiceAccount", name: "system:masters" },
    ];
    assert.deepEqual(of({ kind: "ClusterRoleBinding", subjects }), []);
  });
});
