import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { actions, admissionPolicies, canAdmit, type Options } from "#policy/admission/policies";
import { policiesOfStack } from "#policy/admission/stack";
import { type Plan, plan } from "#policy/model/levels";
import { rules } from "#policy/rules/all";
import { CliFolder } from "./support/cli.ts";

const options: Options = { prefix: "shop", namespace: "shop", action: "deny" };
const exemption = (resource: string, expires: string) => ({
  resource,
  reason: "A legacy server that is on its way out.",
  owner: "platform",
  expires,
});

/** The plan of one rule, otherwise as it is by default. */
function one(name: string, change: Partial<Plan> = {}): Plan {
  const found = plan(rules, undefined).find(({ rule }) => rule.name === name);
  assert.ok(found);
  return { ...found, ...change };
}

/** Policy and binding of one rule. */
function made(plans: Plan[], own: Partial<Options> = {}) {
  const [policy, binding] = admissionPolicies(plans, { ...options, ...own });
  return {
    policy: policy?.spec as any,
    binding: binding?.spec as any,
    name: policy?.metadata.name,
  };
}

const conditions = (policy: any): string[] =>
  policy.matchConditions.map(({ name }: { name: string }) => name);

describe("admission policies", () => {
  it("are two objects for each rule that CEL can say, with names of their own", () => {
    const objects = admissionPolicies(plan(rules, undefined), { ...options, namespace: undefined });
    const names = rules.filter(canAdmit).map(({ name }) => `shop-${name}`);
    assert.deepEqual(
      objects.map(({ metadata }) => metadata.name),
      names.flatMap((name) => [name, name]),
    );
    assert.ok(names.length > 40);
    assert.equal(new Set(names).size, names.length);
  });

  it("say rule and remedy, and fail closed", () => {
    const { policy, binding, name } = made([one("run-as-non-root")]);
    assert.equal(name, "shop-run-as-non-root");
    assert.match(policy.validations[0].message, /^P14 run-as-non-root: Set securityContext\./);
    assert.equal(policy.failurePolicy, "Fail");
    assert.equal(binding.policyName, name);
  });

  it("bring the variables that they read, and no others, in an order that works", () => {
    for (const { kind, spec } of policiesOfStack("prod", options)) {
      if (kind !== "ValidatingAdmissionPolicy") continue;
      const { variables, validations } = spec as any;
      const known: string[] = [];
      const read = (text: string) =>
        [...text.matchAll(/variables\.(\w+)/g)].map(([, name]) => name);
      for (const { name, expression } of variables) {
        assert.deepEqual(
          read(expression).filter((each) => !known.includes(each as string)),
          [],
        );
        known.push(name);
      }
      const texts = [...variables, ...validations].map(({ expression }) => expression);
      assert.deepEqual(
        known.filter((name) => !texts.flatMap(read).includes(name)),
        [],
      );
    }
  });

  for (const action of actions) {
    const expected = {
      audit: [["Audit"], ["Audit"]],
      warn: [
        ["Warn", "Audit"],
        ["Warn", "Audit"],
      ],
      deny: [
        ["Deny", "Audit"],
        ["Warn", "Audit"],
      ],
    }[action];
    it(`hold mandatory and advisory rules as ${action} asks, and leave out disabled ones`, () => {
      const actionsAt = (level: Plan["level"]) =>
        made([one("run-as-non-root", { level })], { action }).binding?.validationActions;
      assert.deepEqual([actionsAt("mandatory"), actionsAt("advisory")], expected);
      assert.equal(actionsAt("disabled"), undefined);
    });
  }

  it("hold in the stack's namespace alone: kinds without a namespace are no stack's", () => {
    const { policy, binding } = made([one("no-exec")]);
    const labels = { "kubernetes.io/metadata.name": "shop" };
    assert.deepEqual(binding.matchResources.namespaceSelector.matchLabels, labels);
    assert.deepEqual(policy.matchConstraints.resourceRules[0].resources, ["roles"]);
    const everywhere = made([one("no-exec")], { namespace: undefined });
    assert.equal(everywhere.binding.matchResources, undefined);
    assert.deepEqual(everywhere.policy.matchConstraints.resourceRules[0].resources, [
      "roles",
      "clusterroles",
    ]);
  });

  it("look at pods, at their ephemeral containers, and at every workload's template", () => {
    const { policy } = made([one("run-as-non-root")]);
    const found = policy.matchConstraints.resourceRules.flatMap(({ apiGroups, resources }: any) =>
      resources.map((resource: string) => `${apiGroups[0]}/${resource}`),
    );
    assert.deepEqual(found.toSorted(), [
      "/pods",
      "/pods/ephemeralcontainers",
      "/podtemplates",
      "/replicationcontrollers",
      "apps/daemonsets",
      "apps/deployments",
      "apps/replicasets",
      "apps/statefulsets",
      "batch/cronjobs",
      "batch/jobs",
    ]);
  });

  it("let through what an exemption in force names, and not what one named that is over", () => {
    const exemptions = [
      exemption("Pod shop/old*", "2026-01-31"),
      exemption("Pod shop/a.b*", "2027-01-31"),
    ];
    const plans = [one("run-as-non-root", { settings: { exemptions } })];
    const { policy } = made(plans, { today: new Date("2026-06-01") });
    const found = policy.matchConditions.find(({ name }: any) => name === "not-exempt");
    assert.ok(found.expression.includes(String.raw`Pod shop/a\\.b.*`), found.expression);
    assert.ok(!found.expression.includes("old"));
    const later = made(plans, { today: new Date("2027-02-01") });
    assert.ok(!conditions(later.policy).includes("not-exempt"));
  });

  it("judge nobody whom the stack trusts, and nothing that Kubernetes makes of what was judged", () => {
    const user = "system:serviceaccount:cnpg-system:cnpg-manager";
    const { policy } = made([one("run-as-non-root")], { trusted: [user] });
    const text = JSON.stringify(policy.matchConditions);
    assert.ok(text.includes(user));
    assert.ok(text.includes("system:serviceaccount:kube-system:replicaset-controller"));
    assert.ok(!conditions(made([one("run-as-non-root")]).policy).includes("not-by-the-trusted"));
  });

  it("are asked again when a label changes only where they read labels", () => {
    const condition = (name: string) =>
      made([one(name)]).policy.matchConditions.find(
        (each: any) => each.name === "not-when-it-stays-the-same",
      ).expression;
    assert.match(condition("recommended-labels"), /\.\?labels != oldObject/);
    assert.doesNotMatch(condition("recommended-labels"), /annotations/);
    assert.match(condition("apparmor-profile"), /\.\?annotations != oldObject/);
    assert.doesNotMatch(condition("no-host-ports"), /labels|annotations/);
  });

  it("take a stack's own levels and settings, and every rule's own where it has none", () => {
    const names = (stack: string) =>
      policiesOfStack(stack, options).map(({ metadata }) => metadata.name);
    assert.ok(names("prod").length > 80);
    assert.deepEqual(
      names("no-such-stack"),
      admissionPolicies(plan(rules, undefined), options).map(({ metadata }) => metadata.name),
    );
  });

  it("write settings into the expressions", () => {
    const { policy } = made([one("autoscaler-range", { settings: { maximum: 7 } })]);
    assert.match(JSON.stringify(policy.validations), /maxReplicas <= 7/);
  });
});

describe("policy admission", function () {
  this.timeout(60_000);
  let folder: CliFolder;
  before(() => {
    folder = new CliFolder({});
  });
  after(() => folder.remove());

  it("prints a stack's policies as manifests, warning unless told otherwise", () => {
    const { status, stdout } = folder.run(["admission", "--stack", "prod", "--namespace", "shop"]);
    assert.equal(status, 0);
    const objects = parseAllDocuments(stdout).map((document) => document.toJS());
    assert.deepEqual(
      objects,
      policiesOfStack("prod", { prefix: "shop", namespace: "shop", action: "warn" }),
    );
  });

  it("wants a namespace, and a stack that there is", () => {
    assert.match(folder.run(["admission"]).stderr, /--namespace/);
    const { status, stderr } = folder.run(["admission", "--namespace", "a", "--stack", "pord"]);
    assert.equal(status, 2);
    assert.match(stderr, /pord has no policy configuration/);
  });
});
