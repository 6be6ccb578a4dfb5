import assert from "node:assert/strict";
import { topologySpread } from "#policy/rules/availability/topology-spread";
import { messages, reported, reportedOfPatch, workload } from "./support/judging.ts";

const labelSelector = { matchLabels: { app: "web" } };
const zone = "topology.kubernetes.io/zone";
const host = "kubernetes.io/hostname";
const good = { topologyKey: zone, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", labelSelector };
const at = "Deployment mesh/web: spec.template.spec.topologySpreadConstraints";

const judge = (topologySpreadConstraints: unknown, spec: object = { replicas: 2 }, settings = {}) =>
  reported(
    topologySpread,
    [workload("Deployment", "web", spec, { topologySpreadConstraints })],
    settings,
  );
const antiAffine = (topologyKey: string) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [null, { topologyKey, labelSelector }],
  },
});

describe("spread over zones", () => {
  it("is kept by a constraint on the zone that selects the workload's own pods", () => {
    const expression = { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] };
    const constraints = [
      good,
      { ...good, whenUnsatisfiable: "ScheduleAnyway" },
      { ...good, labelSelector: expression },
      { ...good, matchLabelKeys: ["pod-template-hash"] },
      { ...good, maxSkew: undefined },
    ];
    for (const each of constraints) assert.deepEqual(judge([each]), [], JSON.stringify(each));
    assert.deepEqual(judge([null, { ...good, topologyKey: host }, good]), []);
    assert.deepEqual(judge([{ ...good, labelSelector: {}, maxSkew: 5 }, good]), []);
  });

  it("is missed where no constraint spreads the workload's own pods over zones", () => {
    for (const none of [undefined, null, [], [{ ...good, topologyKey: host }]]) {
      assert.deepEqual(judge(none), [at], JSON.stringify(none));
    }
    const others = [
      { ...good, labelSelector: { matchLabels: { app: "api" } } },
      { ...good, labelSelector: undefined },
      { ...good, matchLabelKeys: ["statefulset.kubernetes.io/pod-name"] },
    ];
    for (const each of others) {
      const found = judge([{ ...good, topologyKey: host }, each]);
      assert.deepEqual(found, [`${at}[1].labelSelector`], JSON.stringify(each));
    }
  });

  it("is missed where the skew lets all replicas share a zone", () => {
    assert.deepEqual(judge([{ ...good, maxSkew: 2 }]), [`${at}[0].maxSkew`]);
    assert.deepEqual(judge([{ ...good, maxSkew: 2 }], { replicas: 3 }), []);
    assert.deepEqual(judge([{ ...good, maxSkew: 9 }], {}), []);
  });

  it("is asked of several replicas, or of a number that is left open", () => {
    assert.deepEqual(judge([], { replicas: 1 }), []);
    assert.deepEqual(judge([], { replicas: 2 }), [at]);
    assert.deepEqual(judge([], {}), [at]);
    assert.deepEqual(judge([], { replicas: null }), [at]);
    assert.deepEqual(reported(topologySpread, [workload("StatefulSet", "db")]).length, 1);
    assert.deepEqual(reported(topologySpread, [workload("DaemonSet", "log")]), []);
  });

  it("is asked over other nodes' labels where the settings name them, which anti-affinity keeps too", () => {
    const settings = { topologyKeys: [zone, host] };
    assert.deepEqual(judge([good], { replicas: 2 }, settings), [at]);
    const both = [good, { ...good, topologyKey: host }];
    assert.deepEqual(judge(both, { replicas: 2 }, settings), []);
    const parted = { topologySpreadConstraints: [good], affinity: antiAffine(host) };
    const web = workload("Deployment", "web", { replicas: 2 }, parted);
    assert.deepEqual(reported(topologySpread, [web], settings), []);
    const byZone = workload("Deployment", "web", { replicas: 2 }, { affinity: antiAffine(zone) });
    assert.deepEqual(reported(topologySpread, [byZone]), []);
    const elsewhere = workload(
      "Deployment",
      "api",
      { replicas: 2 },
      { affinity: antiAffine(zone) },
    );
    assert.equal(reported(topologySpread, [elsewhere]).length, 1);
  });

  it("is held against a patch only where it has labels and constraints", () => {
    const patch = (template: object) =>
      reportedOfPatch(topologySpread, "apps/v1:DeploymentPatch", {
        spec: { replicas: 2, template },
      });
    const spec = { topologySpreadConstraints: [good] };
    assert.deepEqual(patch({ metadata: { labels: { app: "api" } } }), []);
    assert.deepEqual(patch({ spec }), []);
    assert.equal(patch({ metadata: { labels: { app: "api" } }, spec }).length, 1);
  });

  it("says what to write", () => {
    const web = workload("Deployment", "web", {}, { topologySpreadConstraints: [] });
    assert.deepEqual(messages(topologySpread, [web]), [
      "has no constraint on topology.kubernetes.io/zone; add one with the template's labels",
    ]);
    const skewed = { topologySpreadConstraints: [{ ...good, maxSkew: 2 }] };
    assert.deepEqual(
      messages(topologySpread, [workload("Deployment", "web", { replicas: 2 }, skewed)]),
      ["is 2, which lets all 2 replicas share a topology.kubernetes.io/zone; write 1"],
    );
  });
});
