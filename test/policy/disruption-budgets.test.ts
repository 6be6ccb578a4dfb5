import assert from "node:assert/strict";
import { budgetAllowsEviction } from "#policy/rules/availability/budget-allows-eviction";
import { budgetBelowAutoscaler } from "#policy/rules/availability/budget-below-autoscaler";
import { disruptionBudget } from "#policy/rules/availability/disruption-budget";
import { autoscaler, budget, made, messages, reported, workload } from "./support/judging.ts";

const web = (replicas?: number) => workload("Deployment", "web", { replicas });
const uncovered = ["Deployment mesh/web: spec.template.metadata.labels"];

describe("a budget for each workload", () => {
  const judge = (...objects: unknown[]) => reported(disruptionBudget, objects);

  it("is asked of several replicas, its own or its autoscaler's", () => {
    assert.deepEqual(judge(web(2)), uncovered);
    assert.deepEqual(judge(web(1)), []);
    assert.deepEqual(judge(web()), []);
    assert.deepEqual(judge(web(), autoscaler("web")), uncovered);
    assert.deepEqual(judge(web(), autoscaler("web", { minReplicas: undefined })), []);
    assert.equal(judge(workload("StatefulSet", "db", { replicas: 3 })).length, 1);
    assert.deepEqual(
      judge(workload("DaemonSet", "log"), workload("Job", "once", { parallelism: 3 })),
      [],
    );
  });

  it("is one that selects the pods in their namespace", () => {
    assert.deepEqual(judge(web(2), budget("web")), []);
    assert.deepEqual(judge(web(2), budget("web", { selector: {} })), []);
    assert.deepEqual(judge(web(2), budget("api")), uncovered);
    assert.deepEqual(judge(web(2), budget("web", { selector: undefined })), uncovered);
    const elsewhere = { ...budget("web"), metadata: { name: "web", namespace: "shop" } };
    assert.deepEqual(judge(web(2), elsewhere), uncovered);
  });

  it("takes an empty selector for what it was in policy/v1beta1: one of nothing", () => {
    const old = (selector: object) => ({
      ...budget("web", { selector }),
      apiVersion: "policy/v1beta1",
    });
    assert.deepEqual(judge(web(2), old({})), uncovered);
    assert.deepEqual(judge(web(2), old({ matchLabels: {}, matchExpressions: [] })), uncovered);
    assert.deepEqual(judge(web(2), old({ matchLabels: { app: "web" } })), []);
  });

  it("says for how many replicas", () => {
    assert.deepEqual(messages(disruptionBudget, [web(3)]), [
      "are selected by no PodDisruptionBudget; add one for the 3 replicas",
    ]);
  });
});

describe("evictions under a budget", () => {
  const judge = (spec: object, ...objects: unknown[]) =>
    reported(budgetAllowsEviction, [...objects, budget("web", spec)]).map((each) =>
      each.replace("PodDisruptionBudget mesh/web: ", ""),
    );

  /** Number of replicas, budget, and whether it lets at least one be evicted. */
  const cases: [number, object, boolean][] = [
    [2, { maxUnavailable: 1 }, true],
    [2, { maxUnavailable: 0 }, false],
    [2, { maxUnavailable: "0%" }, false],
    [2, { maxUnavailable: "1%" }, true],
    [3, { maxUnavailable: "100%" }, true],
    [1, { maxUnavailable: 1 }, true],
    [2, { minAvailable: 1 }, true],
    [2, { minAvailable: 2 }, false],
    [2, { minAvailable: 3 }, false],
    [1, { minAvailable: 1 }, false],
    [2, { minAvailable: "50%" }, true],
    [2, { minAvailable: "51%" }, false],
    [3, { minAvailable: "66%" }, true],
    [3, { minAvailable: "67%" }, false],
    [10, { minAvailable: "90%" }, true],
    [10, { minAvailable: "91%" }, false],
    [2, { minAvailable: "100%" }, false],
    [2, { minAvailable: 0 }, true],
    [2, { maxUnavailable: null, minAvailable: 2 }, false],
    [2, { minAvailable: "some" }, true],
    [2, {}, false],
  ];
  for (const [replicas, spec, allowed] of cases) {
    it(`${allowed ? "pass" : "are refused"} with ${JSON.stringify(spec)} over ${replicas}`, () => {
      const field = "maxUnavailable" in spec && spec.maxUnavailable !== null ? "max" : "min";
      const path = field === "max" ? "spec.maxUnavailable" : "spec.minAvailable";
      assert.deepEqual(judge(spec, web(replicas)), allowed ? [] : [path]);
    });
  }

  it("are counted over all workloads that the budget selects, and not where some can't be counted", () => {
    const other = { ...workload("StatefulSet", "web", { replicas: 1 }) };
    assert.deepEqual(judge({ minAvailable: 2 }, web(2), other), []);
    assert.deepEqual(judge({ minAvailable: 3 }, web(2), other), ["spec.minAvailable"]);
    assert.deepEqual(judge({ minAvailable: 3 }, web(2), workload("DaemonSet", "web")), []);
  });

  it("are refused for pods of another stack where no number of them helps", () => {
    for (const spec of [{ minAvailable: 9 }, { minAvailable: "99%" }, { maxUnavailable: "1%" }]) {
      assert.deepEqual(judge(spec), [], JSON.stringify(spec));
    }
    assert.deepEqual(judge({ minAvailable: "100%" }), ["spec.minAvailable"]);
    assert.deepEqual(judge({ maxUnavailable: 0 }), ["spec.maxUnavailable"]);
    assert.deepEqual(judge({ minAvailable: 1 }, web(0)), []);
  });

  it("are refused of pods with two budgets", () => {
    const found = reported(budgetAllowsEviction, [
      web(2),
      budget("web"),
      { ...budget("web"), metadata: { name: "all", namespace: "mesh" } },
    ]);
    assert.deepEqual(found, ["PodDisruptionBudget mesh/all: spec.selector"]);
    assert.deepEqual(
      reported(budgetAllowsEviction, [
        web(2),
        workload("Deployment", "api"),
        budget("web"),
        budget("api"),
      ]),
      [],
    );
  });

  it("are explained", () => {
    const text = (replicas: number, spec: object) =>
      messages(budgetAllowsEviction, [web(replicas), budget("web", spec)]);
    assert.deepEqual(text(2, { minAvailable: "51%" }), [
      'is "51%", which lets none of 2 pods be evicted; write maxUnavailable: 1',
    ]);
    assert.deepEqual(text(1, { minAvailable: 1 }), [
      "is 1, which lets none of 1 pods be evicted; run more replicas, or remove the budget",
    ]);
    assert.deepEqual(messages(budgetAllowsEviction, [budget("web", { maxUnavailable: 0 })]), [
      "is 0, which lets no pod be evicted; write maxUnavailable: 1",
    ]);
  });
});

describe("a budget and an autoscaler", () => {
  /** Budget over an autoscaler's 4 to 8, and which of the two rules refuses it. */
  const cases: [object, "H5" | "H7" | undefined][] = [
    [{ minAvailable: 3 }, undefined],
    [{ minAvailable: 4 }, "H7"],
    [{ minAvailable: 5 }, "H7"],
    [{ minAvailable: "75%" }, undefined],
    [{ minAvailable: "76%" }, "H5"],
    [{ maxUnavailable: 1 }, undefined],
    [{ maxUnavailable: 1, minAvailable: 4 }, undefined],
    [{ maxUnavailable: null, minAvailable: 4 }, "H7"],
    [{ maxUnavailable: 0 }, "H5"],
  ];
  for (const [spec, id] of cases) {
    it(`of 4 to 8: ${JSON.stringify(spec)} breaks ${id ?? "no rule"}`, () => {
      const scaler = autoscaler("web", { minReplicas: 4, maxReplicas: 8 });
      const objects = [web(), scaler, budget("web", spec)];
      const found = [budgetAllowsEviction, budgetBelowAutoscaler].filter(
        (rule) => reported(rule, objects).length > 0,
      );
      assert.deepEqual(
        found.map((rule) => rule.id),
        id ? [id] : [],
      );
    });
  }

  it("are compared only where the workload has an autoscaler", () => {
    const judge = (...objects: unknown[]) => reported(budgetBelowAutoscaler, objects);
    const needsTwo = budget("web", { minAvailable: 2 });
    assert.deepEqual(judge(web(2), needsTwo), []);
    assert.deepEqual(judge(needsTwo), []);
    assert.deepEqual(judge(web(), autoscaler("web"), needsTwo), [
      "PodDisruptionBudget mesh/web: spec.minAvailable",
    ]);
    assert.deepEqual(messages(budgetBelowAutoscaler, [web(), autoscaler("web"), needsTwo]), [
      "is 2, but the autoscaler may run 2; write less, or maxUnavailable: 1 instead",
    ]);
  });

  it("leave a budget of something else alone", () => {
    const other = made("example.com/v1", "PodDisruptionBudget", "web", { maxUnavailable: 0 });
    assert.deepEqual(reported(budgetAllowsEviction, [other]), []);
  });
});
