import assert from "node:assert/strict";
import type { PodAffinityTerm } from "#policy/model/kubernetes";
import { antiAffinity } from "#policy/rules/availability/anti-affinity";
import { messages, reported, reportedOfPatch, workload } from "./support/judging.ts";
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
      { ...good, mismatchLabelKeys: ["pod-template-hash"] },
      { ...good, mismatchLabelKeys: ["controller-revision-hash"] },
      { ...good, matchLabelKeys: ["statefulset.kubernetes.io/pod-name"] },
      { ...good, matchLabelKeys: ["app.kubernetes.io/name", "apps.kubernetes.io/pod-index"] },
      { ...good, matchLabelKeys: ["batch.kubernetes.io/job-completion-index"] },
      { ...good, labelSelector: { matchExpressions: [null as never] } },
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
    assert.deepEqual(judge([], { replicas: null }), [required]);
    assert.deepEqual(judge([], { replicas: 2 }), [required]);
  });

  it("asks nothing of a patch without labels or affinity, nor of kinds of other groups", () => {
    const patch = (template: object) =>
      reportedOfPatch(antiAffinity, "apps/v1:DeploymentPatch", { spec: { replicas: 2, template } });
    const metadata = { labels: { app: "web" } };
    const spec = { affinity: {} };
    assert.deepEqual(patch({ metadata, spec: { containers: [{ name: "web" }] } }), []);
    assert.deepEqual(patch({ spec }), []);
    assert.equal(patch({ metadata, spec }).length, 1);
    const foreign = {
      ...workload("Deployment", "web", { replicas: 2 }),
      apiVersion: "example.com/v1",
    };
    assert.deepEqual(reported(antiAffinity, [foreign]), []);
    assert.deepEqual(reported(antiAffinity, [workload("DaemonSet", "log")]), []);
  });

  it("says what was found", () => {
    const text = (podAntiAffinity: object, replicas?: number) =>
      messages(antiAffinity, [
        workload("Deployment", "web", { replicas }, { affinity: { podAntiAffinity } }),
      ]);
    const terms = (...requiredDuringSchedulingIgnoredDuringExecution: unknown[]) => ({
      requiredDuringSchedulingIgnoredDuringExecution,
    });
    const add = 'add a term with topologyKey "kubernetes.io/hostname" and the template\'s labels';
    const two = "so that 2 replicas use as many nodes";
    assert.deepEqual(text({}), [`is missing; ${add}, so that all replicas use as many nodes`]);
    assert.deepEqual(
      text({ preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: good }] }, 2),
      [`is missing, there are only preferred terms; ${add}, ${two}`],
    );
    assert.deepEqual(text(terms({ topologyKey: "zone" }), 2), [
      `is "zone"; add a term with topologyKey "kubernetes.io/hostname", ${two}`,
    ]);
    assert.deepEqual(text(terms(null, { topologyKey: "kubernetes.io/hostname" }), 2), [
      `does not select the workload's own pods; make its labelSelector match the template's labels, in the pod's own namespace, ${two}`,
    ]);
  });
});
