import assert from "node:assert/strict";
import { ofKind, type Rendered, render, theOnly } from "#test/support/charts";

const network = {
  ingress: ["caller", "other"],
  egress: [{ to: "callee", port: 8000 }],
  gateways: [{ namespace: "gateways", labels: { app: "gateway" } }],
};

/** The registry, whose metrics are on the port that callers use. */
const registry = (serviceMesh: string, more: object = {}, global: object = {}) =>
  render("registry", "registry", { global: { serviceMesh, ...global }, network, ...more });
/** A mesh agent, whose metrics are on a port of their own. */
const agent = (serviceMesh: string, more: object = {}, global: object = {}) =>
  render("agent", "agent", {
    mode: "mesh",
    global: { serviceMesh, ...global },
    network,
    ...more,
  });

const podOf = (objects: readonly Rendered[]) => theOnly(objects, "Deployment").spec.template;
const policyOf = (objects: readonly Rendered[]) =>
  ofKind(objects, "NetworkPolicy").find(({ metadata }) => !metadata.name.includes("test"))?.spec;
const portsOf = (rule: { ports?: { port: number }[] }) => rule.ports?.map(({ port }) => port);

describe("A service mesh", function () {
  this.timeout(60_000);

  it("leaves no trace where there is none", async () => {
    const text = JSON.stringify(await agent("none"));
    assert.doesNotMatch(text, /istio|linkerd|15008|15012|4143|169\.254/);
  });

  for (const mesh of ["istio", "ambient"]) {
    it(`${mesh} admits the accounts of the callers and the gateways' namespaces alone`, async () => {
      const objects = await agent(mesh);
      assert.deepEqual(theOnly(objects, "PeerAuthentication").spec.mtls, { mode: "STRICT" });
      const { action, rules } = theOnly(objects, "AuthorizationPolicy").spec;
      const account = (name: string) => `cluster.local/ns/mcp-mesh/sa/${name}`;
      assert.equal(action, "ALLOW");
      assert.deepEqual(rules, [
        {
          from: [
            { source: { principals: [account("caller"), account("other")] } },
            { source: { namespaces: ["gateways"] } },
          ],
          to: [{ operation: { ports: ["8080"] } }],
        },
      ]);
    });

    it(`${mesh} admits nobody where nobody is named`, async () => {
      const objects = await agent(mesh, { network: {} });
      assert.equal("rules" in theOnly(objects, "AuthorizationPolicy").spec, false);
    });
  }

  it("istio lets a Prometheus without a sidecar read the metrics, and nothing else", async () => {
    for (const [render, port] of [
      [agent, "8081"],
      [registry, "8000"],
    ] as const) {
      const objects = await render("istio", {}, { monitoring: "operator" });
      const { portLevelMtls } = theOnly(objects, "PeerAuthentication").spec;
      assert.deepEqual(portLevelMtls, { [port]: { mode: "PERMISSIVE" } });
      const { rules } = theOnly(objects, "AuthorizationPolicy").spec;
      const open = rules.filter((rule: object) => !("from" in rule));
      assert.deepEqual(open, [
        { to: [{ operation: { ports: [port], methods: ["GET"], paths: ["/metrics"] } }] },
      ]);
    }
  });

  it("ambient has no rule that its tunnels can't judge, and asks Prometheus who it is", async () => {
    for (const render of [agent, registry]) {
      const objects = await render("ambient", {}, { monitoring: "operator" });
      assert.doesNotMatch(JSON.stringify(theOnly(objects, "AuthorizationPolicy")), /path|method/);
    }
    const objects = await registry("ambient", {}, { monitoring: "operator" });
    const [rule, ...more] = theOnly(objects, "AuthorizationPolicy").spec.rules;
    assert.deepEqual(more, []);
    assert.deepEqual(rule.from[1], { source: { namespaces: ["monitoring", "gateways"] } });
  });

  it("linkerd closes the callers' port to all but them", async () => {
    const objects = await agent("linkerd");
    const { port, accessPolicy, proxyProtocol } = theOnly(objects, "Server").spec;
    assert.deepEqual([port, accessPolicy, proxyProtocol], [8080, "deny", "HTTP/1"]);
    assert.deepEqual(theOnly(objects, "MeshTLSAuthentication").spec.identityRefs, [
      { kind: "ServiceAccount", name: "caller" },
      { kind: "ServiceAccount", name: "other" },
      { kind: "Namespace", name: "gateways" },
    ]);
    const { targetRef, requiredAuthenticationRefs } = theOnly(objects, "AuthorizationPolicy").spec;
    assert.deepEqual([targetRef.kind, targetRef.name], ["Server", "agent"]);
    assert.deepEqual(
      requiredAuthenticationRefs.map(({ kind }: { kind: string }) => kind),
      ["MeshTLSAuthentication"],
    );
    const closed = await agent("linkerd", { network: {} });
    assert.equal(ofKind(closed, "Server").length, 1);
    assert.equal(ofKind(closed, "AuthorizationPolicy").length, 0);
  });

  it("linkerd takes the database's protocol for what it is", async () => {
    const objects = await render("postgres", "postgres", { global: { serviceMesh: "linkerd" } });
    const { port, proxyProtocol } = theOnly(objects, "Server").spec;
    assert.deepEqual([port, proxyProtocol], [5432, "opaque"]);
  });

  it("gets into pods as a native sidecar, or not at all", async () => {
    const istio = podOf(await agent("istio")).metadata;
    assert.equal(istio.labels["sidecar.istio.io/inject"], "true");
    assert.equal(istio.annotations["sidecar.istio.io/nativeSidecar"], "true");
    const linkerd = podOf(await agent("linkerd")).metadata;
    assert.equal(linkerd.annotations["linkerd.io/inject"], "enabled");
    assert.equal(linkerd.annotations["config.linkerd.io/proxy-enable-native-sidecar"], "true");
    const ambient = podOf(await agent("ambient")).metadata;
    assert.equal(ambient.labels["istio.io/dataplane-mode"], "ambient");
    assert.equal("sidecar.istio.io/inject" in ambient.labels, false);
  });

  it("opens its tunnel to the same peers, and the way to its control plane", async () => {
    const tunnels = { ambient: 15008, linkerd: 4143 };
    for (const [mesh, tunnel] of Object.entries(tunnels)) {
      const { ingress, egress } = policyOf(await agent(mesh));
      const rule = ingress.find((each: object) => portsOf(each)?.includes(tunnel));
      const own = ingress.find((each: object) => portsOf(each)?.includes(8080));
      assert.deepEqual(rule.from, own.from, mesh);
      const out = egress.find((each: object) => portsOf(each)?.includes(tunnel));
      const call = egress.find((each: object) => portsOf(each)?.includes(8000));
      assert.deepEqual(out.to, call.to, mesh);
    }
    const control = { istio: [15012], linkerd: [8080, 8086, 8090] };
    for (const [mesh, ports] of Object.entries(control)) {
      // Even a workload that calls nobody has to get there.
      const { egress } = policyOf(await agent(mesh, { network: {} }));
      const reach = egress.map(portsOf);
      assert.deepEqual(reach, [[53, 53], ports], mesh);
    }
  });

  it("never opens a rule to everybody", async () => {
    for (const mesh of ["istio", "ambient", "linkerd"]) {
      for (const monitoring of ["none", "annotations", "operator"]) {
        for (const part of [{}, { network: {} }]) {
          const { ingress = [], egress = [] } = policyOf(await agent(mesh, part, { monitoring }));
          for (const rule of [...ingress, ...egress]) {
            assert.ok((rule.from ?? rule.to)?.length > 0, JSON.stringify(rule));
          }
        }
      }
    }
  });
});
