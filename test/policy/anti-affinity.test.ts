import assert from "node:assert/strict";
import type { PodAffinityTerm } from "#policy/model/kubernetes";
import { compliantPod, kinds, violations } from "./support/objects.ts";

const labelSelector = { matchLabels: { "app.kubernetes.io/name": "web" } };
const good: PodAffinityTerm = { topologyKey: "kubernetes.io/hostname", labelSelector };

/** The paths that H2 reports for a Deployment with these required terms, in namespace `mesh`. */
function judge(terms: PodAffinityTerm[], spec: object = {}): string[] {
  const pod = compliantPod();
  pod.spec.affinity = {
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
  };
  const deployment = kinds.Deployment?.(pod);
  const found = violations({ ...deployment, spec: { ...(deployment?.spec as object), ...spec } });
  return (found.H2 ?? []).map((path) => path.replace("spec.template.spec.affinity.", ""));
}

const required = "podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution";

describe("anti-affinity", () => {
  it("is satisfied by a term on the host name that selects the workload's own pods", () => {
    const expression = (operator: string, values?: string[]) => ({
      ...good,
      labelSelector: { matchExpressions: [{ key: "app.kubernetes.io/name", operator, values }] },
    });
    const terms: PodAffinityTerm[] = [
      good,
      expression("In", ["api", "web"]),
      expression("NotIn", ["api"]),
      expression("Exists"),
      { ...good, labelSelector: {} },
      { ...good, matchLabelKeys: ["pod-template-hash"] },
      { ...good, mismatchLabelKeys: ["tenant"] },
      { ...good, namespaces: ["other", "mesh"] },
      { ...good, namespaceSelector: {} },
      { ...good, namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mesh" } } },
    ];
    for (const term of terms) assert.deepEqual(judge([term]), [], JSON.stringify(term));
    assert.deepEqual(judge([{ topologyKey: "topology.kubernetes.io/zone" }, good]), []);
  });

  it("is refused where a term can't part the workload's own pods", () => {
    const terms: PodAffinityTerm[] = [
      { ...good, labelSelector: undefined },
      { ...good, labelSelector: { matchLabels: { app: "web" } } },
      { ...good, labelSelector: { matchExpressions: [{ key: "tenant", operator: "Exists" }] } },
      {
        ...good,
        labelSelector: {
          matchExpressions: [{ key: "app.kubernetes.io/name", operator: "DoesNotExist" }],
        },
      },
      { ...good, namespaces: ["other"] },
      { ...good, namespaceSelector: { matchLabels: { team: "mesh" } } },
      { ...good, mismatchLabelKeys: ["app.kubernetes.io/name"] },
    ];
    for (const term of terms) {
      assert.deepEqual(judge([term]), [`${required}[0]`], JSON.stringify(term));
    }
  });

  it("is refused where terms are on another topology, only preferred, or missing", () => {
    const zone = { ...good, topologyKey: "topology.kubernetes.io/zone" };
    assert.deepEqual(judge([zone]), [`${required}[0].topologyKey`]);
    assert.deepEqual(judge([]), [required]);
  });

  it("asks nothing of a single replica, and all of one whose number is an autoscaler's", () => {
    assert.deepEqual(judge([], { replicas: 1 }), []);
    assert.deepEqual(judge([], { replicas: undefined }), [required]);
    assert.deepEqual(judge([], { replicas: 2 }), [required]);
  });
});
