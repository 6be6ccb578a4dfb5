import assert from "node:assert/strict";
import {
  currentOf,
  type Deployment,
  isRolledOut,
  ownedBy,
  reapplied,
} from "#services/release-check/src/deployment";

/** A Deployment that `deployer` applied, an autoscaler scales, and the release check annotated. */
function deployment(change: Partial<Deployment> = {}): Deployment {
  const fields = {
    "f:metadata": { "f:labels": { "f:app": {} }, "f:annotations": { "f:undone": {} } },
    "f:spec": { "f:selector": {}, "f:template": { "f:spec": {} } },
  };
  const scaled = { "f:spec": { "f:replicas": {} } };
  return {
    metadata: {
      name: "greeter",
      uid: "1",
      generation: 4,
      labels: { app: "greeter", foreign: "x" },
      annotations: { undone: "b", proven: "a", "deployment.kubernetes.io/revision": "2" },
      managedFields: [
        { manager: "scaler", operation: "Update", subresource: "scale", fieldsV1: scaled },
        { manager: "deployer", operation: "Apply", fieldsV1: fields },
      ],
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "greeter" } },
      template: { spec: { containers: ["new"] } },
    } as Deployment["spec"],
    status: { observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    ...change,
  };
}

const old = {
  metadata: { labels: { app: "greeter", "pod-template-hash": "a" } },
  spec: { containers: ["old"] },
};

describe("what the release check applies to take an agent back", () => {
  it("is what its deployer applied, with the earlier template, and nothing of anybody else's", () => {
    const { manager, object } = reapplied(deployment(), old, { undone: "c" })!;
    assert.equal(manager, "deployer");
    assert.deepEqual(JSON.parse(JSON.stringify(object)), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "greeter", labels: { app: "greeter" }, annotations: { undone: "c" } },
      spec: {
        selector: { matchLabels: { app: "greeter" } },
        template: { metadata: { labels: { app: "greeter" } }, spec: { containers: ["old"] } },
      },
    });
  });

  it("takes the note away again when what was undone is applied anew", () => {
    const { object } = reapplied(deployment(), old, { undone: undefined })!;
    assert.deepEqual(JSON.parse(JSON.stringify(object)).metadata.annotations, {});
  });

  it("is nothing where nobody applied the template on the server", () => {
    const live = deployment();
    live.metadata.managedFields = [{ manager: "kubectl", operation: "Update", fieldsV1: {} }];
    assert.equal(reapplied(live, old, {}), undefined);
  });
});

describe("a Deployment's rollout", () => {
  it("is over when every pod is of the new template and available, and none is left", () => {
    assert.ok(isRolledOut(deployment()));
    for (const change of [
      { observedGeneration: 3 },
      { updatedReplicas: 1 },
      { replicas: 3 },
      { availableReplicas: 1 },
    ]) {
      const status = { ...deployment().status, ...change };
      assert.ok(!isRolledOut(deployment({ status })), JSON.stringify(change));
    }
  });

  it("made the ReplicaSet of its revision, among those that are its own", () => {
    const set = (uid: string, revision: string) => ({
      metadata: {
        ...{ name: `${uid}-${revision}`, uid: "r" },
        ownerReferences: [{ uid }],
        annotations: { "deployment.kubernetes.io/revision": revision },
      },
      spec: { template: old },
    });
    const sets = ownedBy(deployment(), [set("2", "2"), set("1", "1"), set("1", "2")]);
    assert.equal(sets.length, 2);
    assert.equal(currentOf(deployment(), sets)?.metadata.name, "1-2");
  });
});
