import assert from "node:assert/strict";
import { fromManifest } from "#policy/model/subject";
import { minimumReplicas } from "#policy/rules/availability/minimum-replicas";
import { made, messages, reported, reportedOfPatch, workload } from "./support/judging.ts";

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

  it("are not asked of a patch that leaves them out, nor of kinds of other groups", () => {
    const token = "autoscaling/v2:HorizontalPodAutoscalerPatch";
    assert.deepEqual(reportedOfPatch(minimumReplicas, token, { spec: {} }), []);
    assert.equal(reportedOfPatch(minimumReplicas, token, { spec: { minReplicas: 1 } }).length, 1);
    const foreign = made("example.com/v1", "Deployment", "web", { replicas: 1 });
    assert.deepEqual(reported(minimumReplicas, [foreign]), []);
    assert.deepEqual(
      reported(minimumReplicas, [workload("DaemonSet", "log", { replicas: 1 })]),
      [],
    );
  });
  it("are two by default", () => {
    const text = (replicas: number) =>
      messages(minimumReplicas, [workload("Deployment", "web", { replicas })]);
    assert.deepEqual(text(1), ["is 1; write 2 or more"]);
    assert.deepEqual(text(2), []);
  });
});
