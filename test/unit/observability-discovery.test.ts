import assert from "node:assert/strict";
import { type Pod, targetGroups } from "#images/pod-discovery/discover";

const pod = (more: Partial<Pod["metadata"]> = {}, podIP?: string): Pod => ({
  metadata: { name: "registry-1", namespace: "mesh", ...more },
  spec: { nodeName: "node-a" },
  status: { phase: "Running", podIP },
});

describe("The discovery of pods", () => {
  it("names labels and annotations as Prometheus itself does", () => {
    const annotations = { "prometheus.io/scrape": "true" };
    const labels = { "app.kubernetes.io/name": "registry" };
    const [group] = targetGroups([pod({ labels, annotations }, "10.0.0.1")]);
    assert.deepEqual(group, {
      targets: ["10.0.0.1"],
      labels: {
        __meta_kubernetes_namespace: "mesh",
        __meta_kubernetes_pod_name: "registry-1",
        __meta_kubernetes_pod_ip: "10.0.0.1",
        __meta_kubernetes_pod_phase: "Running",
        __meta_kubernetes_pod_node_name: "node-a",
        __meta_kubernetes_pod_label_app_kubernetes_io_name: "registry",
        __meta_kubernetes_pod_annotation_prometheus_io_scrape: "true",
      },
    });
  });

  it("leaves out a pod that has no address yet", () => {
    assert.deepEqual(targetGroups([pod()]), []);
  });
});
