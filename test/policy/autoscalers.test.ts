import assert from "node:assert/strict";
import { Graph } from "#policy/model/graph";
import { scaleOf } from "#policy/model/scaling";
import { fromManifest } from "#policy/model/subject";
import { autoscalerRange } from "#policy/rules/availability/autoscaler-range";
import { autoscalerTarget } from "#policy/rules/availability/autoscaler-target";
import { replicasOrAutoscaler } from "#policy/rules/availability/replicas-or-autoscaler";
import {
  autoscaler,
  made,
  messages,
  reported,
  reportedOfPatch,
  workload,
} from "./support/judging.ts";

const web = (spec: object = {}) => workload("Deployment", "web", spec);
const named = (name: string, object: ReturnType<typeof autoscaler>) => ({
  ...object,
  metadata: { ...object.metadata, name },
});
const target = (scaleTargetRef: unknown) => autoscaler("web", { scaleTargetRef });

describe("the range of an autoscaler", () => {
  /** minReplicas, maxReplicas, the setting, and whether it is refused. */
  const cases: [unknown, unknown, number | undefined, boolean][] = [
    [2, 3, undefined, false],
    [2, 2, undefined, true],
    [3, 2, undefined, true],
    [undefined, 2, undefined, false],
    [undefined, 1, undefined, true],
    [null, 1, undefined, true],
    [2, undefined, undefined, true],
    [2, null, undefined, true],
    [2, 50, undefined, false],
    [2, 51, undefined, true],
    [2, 51, 51, false],
    [2, 5, 4, true],
  ];
  for (const [minReplicas, maxReplicas, maximum, bad] of cases) {
    it(`${minReplicas} to ${maxReplicas} of ${maximum ?? "any"} ${bad ? "is refused" : "passes"}`, () => {
      const settings = maximum === undefined ? {} : { maximum };
      const found = reported(
        autoscalerRange,
        [autoscaler("web", { minReplicas, maxReplicas })],
        settings,
      );
      assert.deepEqual(found, bad ? ["HorizontalPodAutoscaler mesh/web: spec.maxReplicas"] : []);
    });
  }

  it("is judged in a patch as far as it tells", () => {
    const patch = (spec: object) =>
      reportedOfPatch(autoscalerRange, "autoscaling/v2:HorizontalPodAutoscalerPatch", {
        spec,
      } as object);
    assert.deepEqual(patch({ minReplicas: 2 }), []);
    assert.deepEqual(patch({ maxReplicas: 1 }), []);
    assert.equal(patch({ maxReplicas: 51 }).length, 1);
    assert.equal(patch({ minReplicas: 2, maxReplicas: 2 }).length, 1);
  });

  it("is explained", () => {
    const text = (spec: object) => messages(autoscalerRange, [autoscaler("web", spec)]);
    assert.deepEqual(text({ maxReplicas: 2 }), ["is 2 with minReplicas 2; write more than that"]);
    assert.deepEqual(text({ maxReplicas: 60 }), ["is 60; write 50 or less"]);
    assert.deepEqual(text({ maxReplicas: undefined }), [
      "is missing; write a number above minReplicas, 50 at most",
    ]);
  });
});

describe("the target of an autoscaler", () => {
  const judge = (...objects: unknown[]) => reported(autoscalerTarget, objects);
  const missing = ["HorizontalPodAutoscaler mesh/web: spec.scaleTargetRef.name"];

  it("is a workload of the stack, by group, kind, namespace and name", () => {
    const ref = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    assert.deepEqual(judge(web(), target(ref)), []);
    assert.deepEqual(judge(web(), target({ ...ref, apiVersion: "apps/v1beta2" })), []);
    assert.deepEqual(judge(web(), target({ ...ref, apiVersion: "extensions/v1beta1" })), []);
    assert.deepEqual(judge({ ...web(), apiVersion: "extensions/v1beta1" }, target(ref)), []);
    for (const wrong of [
      { ...ref, name: "api" },
      { ...ref, kind: "StatefulSet" },
      { ...ref, apiVersion: "example.com/v1" },
      { ...ref, apiVersion: undefined },
      {},
      null,
    ]) {
      assert.deepEqual(judge(web(), target(wrong)), missing, JSON.stringify(wrong));
    }
    const elsewhere = { ...web(), metadata: { name: "web", namespace: "shop" } };
    assert.deepEqual(judge(elsewhere, target(ref)), missing);
  });

  it("may be of the core group, or of a custom resource", () => {
    const controller = workload("ReplicationController", "web");
    assert.deepEqual(
      judge(controller, target({ apiVersion: "v1", kind: "ReplicationController", name: "web" })),
      [],
    );
    const apiVersion = "argoproj.io/v1alpha1";
    const rollout = made(apiVersion, "Rollout", "web", {});
    assert.deepEqual(judge(rollout, target({ apiVersion, kind: "Rollout", name: "web" })), []);
  });

  it("is scaled by one autoscaler only", () => {
    assert.deepEqual(judge(web(), autoscaler("web"), named("other", autoscaler("web"))), [
      "HorizontalPodAutoscaler mesh/other: spec.scaleTargetRef",
    ]);
    const api = workload("Deployment", "api");
    assert.deepEqual(judge(web(), api, autoscaler("web"), autoscaler("api")), []);
  });

  it("is named in the message", () => {
    assert.deepEqual(messages(autoscalerTarget, [autoscaler("web")]), [
      'is "web", and the stack has no such Deployment in "apps/v1" and this namespace; name one that it has',
    ]);
    assert.deepEqual(
      messages(autoscalerTarget, [web(), autoscaler("web"), named("other", autoscaler("web"))]),
      ["names the Deployment web, which HorizontalPodAutoscaler mesh/web scales; keep one of them"],
    );
  });
});

describe("the number of replicas", () => {
  const judge = (...objects: unknown[]) => reported(replicasOrAutoscaler, objects);
  const path = ["Deployment mesh/web: spec.replicas"];

  it("is set by the workload or by its autoscaler, and not by both", () => {
    assert.deepEqual(judge(web({ replicas: 2 })), []);
    assert.deepEqual(judge(web(), autoscaler("web")), []);
    assert.deepEqual(judge(web({ replicas: null }), autoscaler("web")), []);
    assert.deepEqual(judge(web({ replicas: 2 }), autoscaler("web")), path);
    assert.deepEqual(judge(web({ replicas: 0 }), autoscaler("web")), path);
    assert.deepEqual(judge(web()), path);
    assert.deepEqual(judge(web({ replicas: null })), path);
    assert.deepEqual(judge(workload("DaemonSet", "web")), []);
  });

  it("in a cluster's own copy is the stack's only if the stack applied it", () => {
    const live = (...managedFields: object[]) => ({
      ...web({ replicas: 2 }),
      metadata: { name: "web", namespace: "mesh", uid: "1", managedFields },
    });
    const fieldsV1 = { "f:spec": { "f:replicas": {} } };
    const applied = { operation: "Apply", fieldsV1 };
    assert.deepEqual(judge(live(), autoscaler("web")), []);
    assert.deepEqual(judge(live({ operation: "Update", fieldsV1 }), autoscaler("web")), []);
    assert.deepEqual(
      judge(live({ operation: "Apply", fieldsV1: { "f:spec": {} } }), autoscaler("web")),
      [],
    );
    assert.deepEqual(judge(live({ operation: "Apply" }, applied), autoscaler("web")), path);
    const bare = {
      ...web({ replicas: 2 }),
      metadata: { name: "web", namespace: "mesh", uid: "1" },
    };
    assert.deepEqual(judge(bare, autoscaler("web")), []);
  });

  it("is named in the message", () => {
    assert.deepEqual(messages(replicasOrAutoscaler, [web({ replicas: 2 }), autoscaler("web")]), [
      "is 2, but HorizontalPodAutoscaler mesh/web sets the number; leave it out",
    ]);
    assert.deepEqual(messages(replicasOrAutoscaler, [web()]), [
      "is missing and no autoscaler sets the number; write one",
    ]);
  });
});

describe("how many pods a workload may have", () => {
  const scale = (...objects: unknown[]) => {
    const graph = new Graph(objects.flatMap(fromManifest));
    const { min, max } = scaleOf(graph, graph.subjects[0] as never);
    return [min, max];
  };

  it("is its own number, or its autoscaler's range", () => {
    assert.deepEqual(scale(web({ replicas: 3 })), [3, 3]);
    assert.deepEqual(scale(web()), [1, 1]);
    assert.deepEqual(scale(web({ replicas: 3 }), autoscaler("web")), [2, 4]);
    assert.deepEqual(scale(web({ replicas: 3 }), autoscaler("api")), [3, 3]);
    const low = { minReplicas: undefined, maxReplicas: 4 };
    assert.deepEqual(scale(web(), autoscaler("web", low)), [1, 4]);
    assert.deepEqual(scale(web(), autoscaler("web", { maxReplicas: undefined })), [2, 2]);
    const elsewhere = { ...autoscaler("web"), metadata: { name: "web", namespace: "shop" } };
    assert.deepEqual(scale(web({ replicas: 3 }), elsewhere), [3, 3]);
  });

  it("is a Job's parallelism, and one for what runs on each node or by itself", () => {
    assert.deepEqual(scale(workload("Job", "once", { parallelism: 3 })), [3, 3]);
    assert.deepEqual(scale(workload("Job", "once")), [1, 1]);
    const jobTemplate = { spec: { parallelism: 4 } };
    assert.deepEqual(scale(made("batch/v1", "CronJob", "daily", { jobTemplate })), [4, 4]);
    assert.deepEqual(scale(made("batch/v1", "CronJob", "daily", {})), [1, 1]);
    assert.deepEqual(scale(workload("DaemonSet", "log", { replicas: 7, parallelism: 7 })), [1, 1]);
    assert.deepEqual(scale(made("v1", "Pod", "shell", null)), [1, 1]);
  });
});
