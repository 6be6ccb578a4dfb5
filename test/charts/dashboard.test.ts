import assert from "node:assert/strict";
import { isHook, ofKind, type Rendered, render, theOnly } from "#test/support/charts";

const dashboard = (values: object = {}, release = "dashboard", namespace?: string) =>
  render("dashboard", release, values, namespace);
const podOf = (objects: readonly Rendered[]) => theOnly(objects, "Deployment").spec.template.spec;
const own = (objects: readonly Rendered[]) => objects.filter((object) => !isHook(object));

describe("the dashboard chart", function () {
  this.timeout(60_000);

  it("renders with its own values, and refuses a key that it does not know", async () => {
    const kinds = own(await dashboard()).map(({ kind }) => kind);
    assert.deepEqual(kinds.toSorted(), [
      "Deployment",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
      "ServiceAccount",
    ]);
    await assert.rejects(dashboard({ registryURL: "http://r:1" }), /registryURL/);
    await assert.rejects(dashboard({ logLevel: "loud" }), /logLevel/);
  });

  it("puts all its objects into the release's namespace, under the release's name", async () => {
    for (const { kind, metadata } of own(await dashboard({}, "board", "elsewhere"))) {
      assert.equal(metadata.namespace, "elsewhere", kind);
      assert.equal(metadata.name, "board", kind);
      assert.equal(metadata.labels?.["app.kubernetes.io/component"], "dashboard", kind);
    }
  });

  it("tells the server where it listens and whom it shows, and nothing secret", async () => {
    const objects = await dashboard({ registryUrl: "http://r.x.svc:8000", env: { LANG: "C" } });
    const [container] = podOf(objects).containers;
    assert.deepEqual(container.env, [
      { name: "HOST", value: "0.0.0.0" },
      { name: "PORT", value: "8090" },
      { name: "LOG_LEVEL", value: "info" },
      { name: "MCP_MESH_REGISTRY_URL", value: "http://r.x.svc:8000" },
      { name: "LANG", value: "C" },
    ]);
    assert.equal(container.volumeMounts, undefined);
    assert.equal(podOf(objects).volumes, undefined);
  });

  it("can reach the registry and DNS, and is reached by nobody who is not named", async () => {
    const { spec } = theOnly(own(await dashboard()), "NetworkPolicy");
    assert.equal(spec.ingress, undefined);
    const [dns, registry, ...more] = spec.egress;
    assert.equal(dns.ports[0].port, 53);
    assert.deepEqual(registry.ports, [{ protocol: "TCP", port: 8000 }]);
    assert.equal(registry.to[0].podSelector.matchLabels["app.kubernetes.io/name"], "registry");
    assert.deepEqual(more, []);
    const gateways = [{ namespace: "gateways", labels: { app: "envoy" } }];
    const opened = theOnly(own(await dashboard({ network: { gateways } })), "NetworkPolicy").spec;
    assert.equal(opened.ingress[0].ports[0].port, 8090);
    assert.deepEqual(opened.ingress[0].from[0].podSelector.matchLabels, { app: "envoy" });
  });

  it("has three probes, and a grace period longer than the drain", async () => {
    const pod = podOf(await dashboard());
    const [container] = pod.containers;
    const paths = ["startupProbe", "readinessProbe", "livenessProbe"].map(
      (probe) => container[probe].httpGet.path,
    );
    assert.deepEqual(paths, ["/live", "/ready", "/live"]);
    const { seconds } = container.lifecycle.preStop.sleep;
    // The server drains for 5 s and gives what is under way 5 s more.
    assert.ok(pod.terminationGracePeriodSeconds > seconds + 10);
  });

  it("leaves the number of replicas to the autoscaler where there is one", async () => {
    const autoscaling = { minReplicas: 2, maxReplicas: 4, cpuPercent: 70 };
    const objects = await dashboard({ autoscaling });
    assert.equal(theOnly(objects, "HorizontalPodAutoscaler").spec.maxReplicas, 4);
    assert.equal("replicas" in theOnly(objects, "Deployment").spec, false);
    assert.equal(theOnly(await dashboard({ replicas: 3 }), "Deployment").spec.replicas, 3);
  });

  it("is held back by no disruption budget with one replica", async () => {
    assert.equal(ofKind(await dashboard({ replicas: 1 }), "PodDisruptionBudget").length, 0);
  });

  it("is reached from outside by a route or an ingress, where one is asked for", async () => {
    const objects = await dashboard({
      route: { parentRefs: [{ name: "public" }], hostnames: ["mesh.example.com"] },
      ingress: { className: "nginx", controller: "nginx", host: "mesh.example.com" },
    });
    const [rule] = theOnly(objects, "HTTPRoute").spec.rules;
    assert.deepEqual(rule.backendRefs, [{ name: "dashboard", port: 8090 }]);
    const [host] = theOnly(objects, "Ingress").spec.rules;
    assert.deepEqual(host.http.paths[0].backend.service, {
      name: "dashboard",
      port: { name: "http" },
    });
  });

  it("is found by Prometheus as the stack says", async () => {
    const annotated = await dashboard({ global: { monitoring: "annotations" } });
    const { annotations } = theOnly(annotated, "Deployment").spec.template.metadata;
    assert.equal(annotations["prometheus.io/port"], "8090");
    const operated = await dashboard({ global: { monitoring: "operator" } });
    assert.equal(theOnly(operated, "ServiceMonitor").spec.endpoints[0].targetPort, "http");
  });

  it("is asked by `helm test` for the mesh that the registry knows", async () => {
    const tests = (await dashboard()).filter(isHook);
    const pod = theOnly(tests, "Pod") as Rendered;
    assert.match(
      pod.spec.containers[0].args[0],
      /http:\/\/dashboard\.mcp-mesh\.svc:8090\/api\/mesh/,
    );
  });
});
