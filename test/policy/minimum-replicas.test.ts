import assert from "node:assert/strict";
import { fromManifest } from "#policy/model/subject";
import { minimumReplicas } from "#policy/rules/availability/minimum-replicas";

function judge(kind: string, spec: object): string[] {
  const apiVersion = kind === "HorizontalPodAutoscaler" ? "autoscaling/v2" : "apps/v1";
  const [subject] = fromManifest({ apiVersion, kind, metadata: { name: "web" }, spec });
  assert.ok(subject);
  const found = minimumReplicas.check(subject, { settings: { minimum: 3 } } as never);
  return found.map(({ path }) => path);
}

describe("the fewest replicas allowed", () => {
  it("are asked of a workload with a number of its own", () => {
    assert.deepEqual(judge("Deployment", { replicas: 3 }), []);
    assert.deepEqual(judge("Deployment", { replicas: 2 }), ["spec.replicas"]);
    assert.deepEqual(judge("StatefulSet", { replicas: 1 }), ["spec.replicas"]);
    assert.deepEqual(judge("ReplicationController", { replicas: 0 }), ["spec.replicas"]);
  });
  it("are asked of the autoscaler where the workload leaves its number open", () => {
    assert.deepEqual(judge("Deployment", {}), []);
    assert.deepEqual(judge("Deployment", { replicas: null }), []);
    assert.deepEqual(judge("StatefulSet", {}), []);
    assert.deepEqual(judge("HorizontalPodAutoscaler", { minReplicas: 3 }), []);
    assert.deepEqual(judge("HorizontalPodAutoscaler", { minReplicas: 2 }), ["spec.minReplicas"]);
    assert.deepEqual(judge("HorizontalPodAutoscaler", {}), ["spec.minReplicas"]);
  });
});
