import assert from "node:assert/strict";
import { kubeletGroups, type Node, type Pod, targetGroups } from "#images/pod-discovery/discover";

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

describe("The discovery of nodes", () => {
  const node = (address: string, port?: number): Node => ({
    metadata: { name: "node-a" },
    status: {
      addresses: [
        { type: "Hostname", address: "node-a" },
        { type: "InternalIP", address },
      ],
      ...(port ? { daemonEndpoints: { kubeletEndpoint: { Port: port } } } : {}),
    },
  });

  it("gives the kubelet's address as Prometheus itself does, and the node's name", () => {
    assert.deepEqual(kubeletGroups([node("10.0.0.1", 10255)]), [
      { targets: ["10.0.0.1:10255"], labels: { __meta_kubernetes_node_name: "node-a" } },
    ]);
    assert.deepEqual(kubeletGroups([node("fd00::1")])[0]?.targets, ["[fd00::1]:10250"]);
  });

  it("leaves out a node that has no address yet", () => {
    assert.deepEqual(kubeletGroups([{ metadata: { name: "node-a" }, status: {} }]), []);
  });
});
