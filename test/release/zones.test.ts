import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Caller } from "#test/release/caller";
import {
  clusterOrReason,
  helm,
  inNamespace,
  isReady,
  namespace,
  type Pod,
  pods,
  prepareNamespace,
  removeAll,
  succeed,
  umbrella,
} from "#test/release/support";
import { eventually } from "#test/support/eventually";
import { getObjects, kubectl } from "#test/support/kubectl";

const ZONE = "topology.kubernetes.io/zone";
const own = (name: string, tag: string) => ({
  image: { registry: "ghcr.io", repository: `mcp-mesh/${name}`, tag },
});

/** The staging profile with the images that can be had here, and without Grafana, which can't. */
function staging(): object {
  const values = parse(readFileSync(join(umbrella, "values-staging.yaml"), "utf8"));
  const { prometheus, alertmanager, grafana: _grafana, ...observability } = values.observability;
  return {
    ...values,
    postgres: {
      ...values.postgres,
      ...own("postgres", "15"),
      exporter: own("postgres-exporter", "0.11.1"),
    },
    observability: {
      ...observability,
      // Debian's Prometheus can't ask Kubernetes for pods by itself.
      prometheus: {
        ...prometheus,
        ...own("prometheus", "2.42.0"),
        discovery: own("pod-discovery", "0.1.0"),
      },
      alertmanager: { ...alertmanager, ...own("alertmanager", "0.25.0") },
      kubeStateMetrics: {
        ...observability.kubeStateMetrics,
        ...own("kube-state-metrics", "2.18.0"),
      },
    },
  };
}

describe("the umbrella chart as staging, over three zones", function () {
  this.timeout(420_000);
  const zones = new Map<string, string>();
  let drained: string | undefined;

  const nodesOf = async (name: string) =>
    (await pods(name)).filter(isReady).map(({ spec }) => spec.nodeName);
  const allReady = () =>
    eventually("all pods' readiness", 180, async () => {
      const found = await getObjects<Pod>("pods", "-n", namespace);
      return found.every((pod) => isReady(pod) && !("deletionTimestamp" in pod.metadata));
    });

  before(async function () {
    if (!clusterOrReason()) return this.skip();
    await prepareNamespace();
    for (const { metadata } of await getObjects("nodes")) {
      zones.set(metadata.name, metadata.labels?.[ZONE] ?? "");
    }
    await helm(["install", "mesh", umbrella, "--wait", "--timeout", "300s"], staging());
  });
  after(async () => {
    if (!clusterOrReason()) return;
    if (drained) await kubectl(["uncordon", drained]);
    await removeAll();
  });

  it("has three zones to run in", () => {
    assert.equal(new Set(zones.values()).size, 3);
  });

  for (const name of ["registry", "dashboard", "debug", "greeter"]) {
    it(`runs the replicas of ${name} on different nodes in different zones`, async () => {
      const nodes = await nodesOf(name);
      assert.ok(nodes.length >= 2, `${nodes}`);
      assert.equal(new Set(nodes).size, nodes.length);
      assert.equal(new Set(nodes.map((node) => zones.get(node))).size, nodes.length);
    });
  }

  it("has autoscalers that see the load and follow it", async () => {
    for (const name of ["registry", "greeter"]) {
      await eventually(`the autoscaler of ${name}`, 120, async () => {
        const [scaler] = await getObjects("hpa", name, "-n", namespace);
        const conditions = (scaler?.status?.conditions ?? []) as { type: string; status: string }[];
        const holds = (wanted: string) =>
          conditions.some(({ type, status }) => type === wanted && status === "True");
        return holds("AbleToScale") && holds("ScalingActive");
      });
    }
  });

  it("is scaled by hand, a zone for each replica", async () => {
    await inNamespace("scale", "deployment/debug", "--replicas=3");
    await inNamespace("rollout", "status", "deployment/debug", "--timeout=120s");
    const nodes = await nodesOf("debug");
    assert.deepEqual(new Set(nodes.map((node) => zones.get(node))), new Set(zones.values()));
    await inNamespace("scale", "deployment/debug", "--replicas=2");
    await eventually("two replicas", 90, async () => (await pods("debug")).length === 2);
  });

  it("lets a node be drained, and fails no call to an agent of two replicas meanwhile", async () => {
    const [node, other] = await nodesOf("debug");
    assert.ok(node && other);
    const caller = await Caller.start(other);
    drained = node;
    const flags = ["--ignore-daemonsets", "--delete-emptydir-data", "--timeout=180s"];
    await succeed(kubectl(["drain", node, ...flags]));
    await eventually("two replicas elsewhere", 120, async () => {
      const nodes = await nodesOf("debug");
      return nodes.length === 2 && !nodes.includes(node);
    });
    const { made, failed } = await caller.stop();
    await succeed(kubectl(["uncordon", node]));
    drained = undefined;
    assert.deepEqual(failed, []);
    console.log(`      ${made} calls were answered meanwhile`);
    await allReady();
  });
});
