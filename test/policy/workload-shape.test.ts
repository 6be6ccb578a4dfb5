import assert from "node:assert/strict";
import { headlessService } from "#policy/rules/availability/headless-service";
import { noBarePods } from "#policy/rules/availability/no-bare-pods";
import { noNodePinning } from "#policy/rules/availability/no-node-pinning";
import { selectorMatchesTemplate } from "#policy/rules/availability/selector-matches-template";
import { made, messages, reported, reportedOfPatch, workload } from "./support/judging.ts";

describe("bare pods", () => {
  const bare = (kind: string, metadata = {}, apiVersion = "v1") =>
    reported(noBarePods, [made(apiVersion, kind, "web", {}, metadata)]);
  const hook = (value: string, kind = "Pod") =>
    bare(kind, { annotations: { "helm.sh/hook": value } });

  it("are refused, as are controllers that roll nothing out", () => {
    assert.deepEqual(bare("Pod"), ["Pod mesh/web: kind"]);
    assert.equal(bare("ReplicaSet", {}, "apps/v1").length, 1);
    assert.equal(bare("ReplicaSet", {}, "extensions/v1beta1").length, 1);
    assert.equal(bare("ReplicationController").length, 1);
    assert.deepEqual(bare("Deployment", {}, "apps/v1"), []);
    assert.deepEqual(bare("Job", {}, "batch/v1"), []);
    assert.deepEqual(messages(noBarePods, [made("v1", "Pod", "web", {})]), [
      'is "Pod"; write a Deployment, StatefulSet, DaemonSet or Job instead',
    ]);
  });

  it("may be Helm's tests", () => {
    for (const value of [
      "test",
      "test-success",
      "test-failure",
      "post-install, test ,x",
      "x,test",
    ]) {
      assert.deepEqual(hook(value), [], value);
    }
    for (const value of ["post-install", "latest", "test-x", "tests", ""]) {
      assert.equal(hook(value).length, 1, value);
    }
    assert.equal(hook("test", "ReplicationController").length, 1);
  });

  it("are not what a controller made, nor a patch", () => {
    assert.deepEqual(bare("Pod", { ownerReferences: [{ kind: "ReplicaSet" }] }), []);
    assert.equal(bare("Pod", { ownerReferences: [] }).length, 1);
    assert.deepEqual(reportedOfPatch(noBarePods, "core/v1:PodPatch", { metadata: {} }), []);
  });

  it("are seen where nothing but the kind is known", () => {
    assert.equal(
      reported(noBarePods, [{ apiVersion: "v1", kind: "Pod", metadata: null }]).length,
      1,
    );
  });
});

describe("a workload's selector", () => {
  const judge = (kind: string, selector: unknown, more: object = {}, apiVersion?: string) => {
    const object = workload(kind, "web", { selector, ...more });
    return reported(selectorMatchesTemplate, [apiVersion ? { ...object, apiVersion } : object]);
  };
  const kinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];
  const own = { matchLabels: { app: "web" } };

  for (const kind of kinds) {
    it(`has to match the template's labels in a ${kind}`, () => {
      const path = [`${kind} mesh/web: spec.selector`];
      assert.deepEqual(judge(kind, own), []);
      assert.deepEqual(judge(kind, { matchExpressions: [{ key: "app", operator: "Exists" }] }), []);
      assert.deepEqual(judge(kind, { matchLabels: { app: "web", tier: "x" } }), path);
      assert.deepEqual(
        judge(kind, { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }),
        path,
      );
      assert.deepEqual(judge(kind, {}), path);
      assert.deepEqual(judge(kind, { matchLabels: {} }), path);
      assert.deepEqual(judge(kind, undefined), path);
      assert.deepEqual(judge(kind, null), path);
      assert.deepEqual(judge(kind, own, { template: { metadata: null } }), path);
    });
  }

  it("was taken from the template in the first versions", () => {
    assert.deepEqual(judge("Deployment", undefined, {}, "extensions/v1beta1"), []);
    assert.deepEqual(judge("Deployment", undefined, {}, "apps/v1beta1"), []);
    assert.equal(judge("Deployment", undefined, {}, "apps/v1beta2").length, 1);
    assert.equal(judge("Deployment", { matchLabels: { app: "x" } }, {}, "apps/v1beta1").length, 1);
  });

  it("is a plain map in a ReplicationController", () => {
    assert.deepEqual(judge("ReplicationController", { app: "web" }), []);
    assert.deepEqual(judge("ReplicationController", undefined), []);
    assert.deepEqual(judge("ReplicationController", {}), []);
    assert.equal(judge("ReplicationController", { app: "api" }).length, 1);
  });

  it("is the server's own in a Job, unless the Job says otherwise", () => {
    assert.deepEqual(judge("Job", undefined), []);
    assert.deepEqual(judge("Job", { matchLabels: { app: "api" } }), []);
    assert.deepEqual(judge("Job", own, { manualSelector: true }), []);
    assert.equal(judge("Job", { matchLabels: { app: "api" } }, { manualSelector: true }).length, 1);
    assert.equal(judge("Job", undefined, { manualSelector: true }).length, 1);
  });

  it("is held against a patch that has labels too", () => {
    const patch = (spec: object) =>
      reportedOfPatch(selectorMatchesTemplate, "apps/v1:DeploymentPatch", { spec });
    const template = { metadata: { labels: { app: "api" } } };
    assert.deepEqual(patch({}), []);
    assert.deepEqual(patch({ template }), []);
    assert.deepEqual(patch({ selector: own }), []);
    assert.equal(patch({ selector: own, template }).length, 1);
  });

  it("is explained", () => {
    const text = (selector: unknown) =>
      messages(selectorMatchesTemplate, [workload("Deployment", "web", { selector })]);
    assert.deepEqual(text(undefined), ["is missing; write matchLabels with the template's labels"]);
    assert.deepEqual(text({}), ["is empty; write matchLabels with the template's labels"]);
    assert.deepEqual(text({ matchLabels: { app: "x" } }), [
      'does not match the template\'s labels, which are {"app":"web"}; repeat some of them',
    ]);
  });
});

describe("a StatefulSet's Service", () => {
  const set = (serviceName: unknown = "db") => workload("StatefulSet", "db", { serviceName });
  const service = (spec: object = {}, name = "db") =>
    made("v1", "Service", name, { clusterIP: "None", selector: { app: "db" }, ...spec });
  const judge = (...objects: unknown[]) => messages(headlessService, objects);

  it("is headless and selects the pods", () => {
    assert.deepEqual(judge(set(), service()), []);
    assert.deepEqual(judge(set(), service({ clusterIP: "10.0.0.1" })), [
      'is "db", whose clusterIP is "10.0.0.1"; make it "None"',
    ]);
    const unselected =
      "is \"db\", which does not select the StatefulSet's pods; give it the template's labels";
    for (const selector of [{ app: "api" }, {}, undefined, null]) {
      assert.deepEqual(judge(set(), service({ selector })), [unselected], JSON.stringify(selector));
    }
  });

  it("is in the stack, in the same namespace", () => {
    const absent = 'is "db", and the stack has no such Service; add one with clusterIP None';
    assert.deepEqual(judge(set()), [absent]);
    assert.deepEqual(judge(set(), service({}, "api")), [absent]);
    assert.deepEqual(judge(set(), { ...service(), metadata: { name: "db", namespace: "x" } }), [
      absent,
    ]);
    const unnamed = (found: string) => [
      `is ${found}; name a headless Service that selects the pods`,
    ];
    assert.deepEqual(judge(set(null), service()), unnamed("missing"));
    assert.deepEqual(judge(set(""), service()), unnamed('""'));
    assert.deepEqual(reported(headlessService, [set()]), ["StatefulSet mesh/db: spec.serviceName"]);
    assert.deepEqual(judge(workload("Deployment", "db")), []);
  });
});

describe("the choice of a node", () => {
  const judge = (spec: object, settings = {}) =>
    reported(noNodePinning, [workload("Deployment", "web", {}, spec)], settings).map((each) =>
      each.replace("Deployment mesh/web: spec.template.spec.", ""),
    );
  const tolerating = (...tolerations: unknown[]) => judge({ tolerations });
  const controlPlane = "node-role.kubernetes.io/control-plane";

  it("is the scheduler's", () => {
    assert.deepEqual(judge({ nodeName: "node-1" }), ["nodeName"]);
    assert.deepEqual(judge({ nodeName: "" }), []);
    const pod = (metadata: object) => made("v1", "Pod", "web", { nodeName: "node-1" }, metadata);
    assert.equal(reported(noNodePinning, [pod({})]).length, 1);
    assert.deepEqual(reported(noNodePinning, [pod({ uid: "1" })]), []);
    const live = workload("Deployment", "web", {}, { nodeName: "node-1" });
    Object.assign(live.metadata, { uid: "1" });
    assert.equal(reported(noNodePinning, [live]).length, 1);
  });

  it("leaves out the control plane", () => {
    assert.deepEqual(tolerating({ key: controlPlane, operator: "Exists" }), ["tolerations[0].key"]);
    assert.deepEqual(tolerating({ key: "node-role.kubernetes.io/master" }), ["tolerations[0].key"]);
    assert.deepEqual(tolerating({ key: "gpu", operator: "Exists" }, { operator: "Exists" }), [
      "tolerations[1]",
    ]);
    assert.deepEqual(tolerating({ key: "", operator: "Exists" }), ["tolerations[0]"]);
    assert.deepEqual(tolerating(null, { operator: "Equal" }, { key: "gpu" }), []);
    assert.deepEqual(tolerating({ key: "node.kubernetes.io/not-ready", operator: "Exists" }), []);
  });

  it("leaves out what the settings name", () => {
    const spec = { tolerations: [{ key: "gpu" }, { key: controlPlane }] };
    assert.deepEqual(judge(spec, { taints: ["gpu"] }), ["tolerations[0].key"]);
  });

  it("is explained", () => {
    const tolerations = [{ key: controlPlane }, { operator: "Exists" }];
    const web = workload("Deployment", "web", {}, { nodeName: "a", tolerations });
    assert.deepEqual(messages(noNodePinning, [web]), [
      'is "a"; remove it, and use affinity if the place matters',
      `is "${controlPlane}", the control plane's taint; remove the toleration`,
      "has no key, so it tolerates every taint; name the one that is meant",
    ]);
  });
});
