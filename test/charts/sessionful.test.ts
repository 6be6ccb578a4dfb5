import assert from "node:assert/strict";
import { ofKind, type Rendered, render, theOnly } from "#test/support/charts";

const sessionful = (values: object = {}) =>
  render("agent", "notes", { profile: "sessionful", ...values });
const podOf = (objects: readonly Rendered[]) => theOnly(objects, "Deployment").spec.template.spec;
const envOf = ({ env }: { env: { name: string; value?: string }[] }) =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]));

describe("a sessionful agent", function () {
  this.timeout(60_000);

  it("has a relay that starts before its server and ends after it, on the Service's port", async () => {
    const pod = podOf(await sessionful());
    const [relay, ...more] = pod.initContainers;
    assert.deepEqual([relay.name, relay.restartPolicy, more], ["relay", "Always", []]);
    assert.deepEqual(relay.ports, [
      { name: "mcp", containerPort: 8080 },
      { name: "relay", containerPort: 8083 },
    ]);
    assert.deepEqual(pod.containers[0].ports, [{ name: "server", containerPort: 8082 }]);
    assert.deepEqual(envOf(pod.containers[0]), { PORT: "8082" });
    assert.equal(envOf(relay).SERVER_PORT, "8082");
    assert.equal(podOf(await render("agent", "debug")).initContainers, undefined);
  });

  it("tells the server its port by the variable that the server reads", async () => {
    const pod = podOf(await sessionful({ portVariable: "LISTEN" }));
    assert.deepEqual(envOf(pod.containers[0]), { LISTEN: "8082" });
    await assert.rejects(sessionful({ env: { PORT: "1" } }), /env\.PORT: .*leave it out/);
  });

  it("tells the server the hosts by which its clients call it, where the server reads them", async () => {
    const route = { hostnames: ["notes.example.com"], parentRefs: [{ name: "edge" }] };
    const pod = podOf(await sessionful({ hostsVariable: "HOSTS", route }));
    const { HOSTS = "" } = envOf(pod.containers[0]);
    const [name, ...more] = HOSTS.split(",");
    const short = `${name}.mcp-mesh`;
    const service = [`${short}.svc`, `${short}.svc.cluster.local`];
    assert.deepEqual(more, [short, ...service, "notes.example.com"]);
    const twice = { hostsVariable: "HOSTS", env: { HOSTS: "*" } };
    await assert.rejects(sessionful(twice), /env\.HOSTS: .*leave it out/);
  });

  it("is ready when the relay has had an answer, and its server is asked for an open port", async () => {
    const pod = podOf(await sessionful());
    const [relay] = pod.initContainers;
    assert.deepEqual(relay.readinessProbe.httpGet, { path: "/ready", port: "relay" });
    assert.deepEqual(relay.startupProbe.httpGet, { path: "/startupz", port: "relay" });
    assert.deepEqual(pod.containers[0].readinessProbe.tcpSocket, { port: "server" });
  });

  it("gets the time that its drain, its last calls and its end take", async () => {
    for (const drainMinutes of [1, 30]) {
      const pod = podOf(await sessionful({ sessions: { drainMinutes } }));
      const seconds = drainMinutes * 60;
      assert.deepEqual(pod.containers[0].lifecycle.preStop.httpGet, { path: "/drain", port: 8083 });
      assert.equal(envOf(pod.initContainers[0]).DRAIN_SECONDS, String(seconds));
      assert.ok(pod.terminationGracePeriodSeconds >= seconds + 20 + 5);
    }
  });

  it("finds its other pods, ready or not, and may call them and nobody else", async () => {
    const objects = await sessionful({ network: { ingress: ["caller"] } });
    const peers = ofKind(objects, "Service").find(({ metadata }) => /-pods$/.test(metadata.name));
    assert.equal(peers?.spec.clusterIP, "None");
    assert.equal(peers?.spec.publishNotReadyAddresses, true);
    assert.equal(envOf(podOf(objects).initContainers[0]).SIBLINGS, "notes-pods.mcp-mesh.svc");
    const { spec } = theOnly(objects, "NetworkPolicy");
    const named = (peer: { podSelector: { matchLabels: Record<string, string> } }) =>
      peer.podSelector.matchLabels["app.kubernetes.io/name"];
    assert.deepEqual(spec.ingress[0].from.map(named), ["caller", "notes"]);
    const [dns, own, ...more] = spec.egress;
    assert.deepEqual(
      [dns.ports[0].port, own.to.map(named), own.ports[0].port],
      [53, ["notes"], 8080],
    );
    assert.deepEqual(more, [], "the registry above all");
  });

  it("is one pod, and one more while it hands over, and may be evicted", async () => {
    const objects = await sessionful();
    const { replicas, strategy } = theOnly(objects, "Deployment").spec;
    assert.deepEqual([replicas, strategy.rollingUpdate], [1, { maxUnavailable: 0, maxSurge: 1 }]);
    assert.equal(theOnly(objects, "PodDisruptionBudget").spec.maxUnavailable, 1);
    await assert.rejects(sessionful({ replicas: 2 }), /replicas: .*set it to 1/);
    const autoscaling = { minReplicas: 1, maxReplicas: 2 };
    await assert.rejects(sessionful({ autoscaling }), /autoscaling: .*leave it out/);
  });

  it("is scraped once: at its runtime, or else at the relay", async () => {
    const annotated = async (mode: string) => {
      const objects = await sessionful({ mode, global: { monitoring: "annotations" } });
      const { annotations } = theOnly(objects, "Deployment").spec.template.metadata;
      return annotations["prometheus.io/port"];
    };
    assert.deepEqual([await annotated("vanilla"), await annotated("mesh")], ["8083", "8081"]);
    const { spec } = theOnly(
      await sessionful({ global: { monitoring: "operator" } }),
      "ServiceMonitor",
    );
    assert.equal(spec.endpoints[0].targetPort, "relay");
    const [unless] = spec.selector.matchExpressions;
    const services = ofKind(await sessionful(), "Service");
    const selected = services.filter(({ metadata }) => !(unless.key in (metadata.labels ?? {})));
    assert.deepEqual(
      [unless.operator, selected.map(({ metadata }) => metadata.name)],
      ["DoesNotExist", ["notes"]],
    );
  });

  it("registers the Service's port if it is in a mesh, and no pod of its own", async () => {
    const pod = podOf(await sessionful({ mode: "mesh" }));
    const env = envOf(pod.containers[0]);
    assert.equal(env.MCP_MESH_HTTP_PORT, "8080");
    assert.equal(env.MCP_MESH_LOCAL_PORT, "8082");
    assert.equal(env.PORT, "8082");
    assert.equal("MCP_MESH_POD_IP" in env, false);
    assert.equal(
      Object.keys(envOf(pod.initContainers[0])).some((name) => name.startsWith("MCP_MESH")),
      false,
    );
  });

  it("lets stateless agents go a quarter at a time, and tells their pods' addresses", async () => {
    const objects = await render("agent", "greeter", { mode: "mesh", replicas: 8 });
    assert.equal(theOnly(objects, "Deployment").spec.strategy.rollingUpdate.maxSurge, "25%");
    assert.ok("MCP_MESH_POD_IP" in envOf(podOf(objects).containers[0]));
    const meshed = await render("agent", "greeter", {
      mode: "mesh",
      global: { serviceMesh: "istio" },
    });
    assert.equal("MCP_MESH_POD_IP" in envOf(podOf(meshed).containers[0]), false);
  });
});
