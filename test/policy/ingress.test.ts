import assert from "node:assert/strict";
import { backendExists } from "#policy/rules/services/backend-exists";
import { explicitHosts } from "#policy/rules/services/explicit-hosts";
import { ingressTls } from "#policy/rules/services/ingress-tls";
import { tlsHosts } from "#policy/rules/services/tls-hosts";
import { made, messages, reported, reportedOfPatch } from "./support/judging.ts";

const gatewayApi = "gateway.networking.k8s.io/v1";
const ingress = (spec: unknown, annotations?: unknown) =>
  made("networking.k8s.io/v1", "Ingress", "web", spec, { annotations });
const route = (spec: unknown, kind = "HTTPRoute") => made(gatewayApi, kind, "web", spec);
const paths = (found: string[]) => found.map((each) => each.replace(/^\w+ mesh\/web: /, ""));
const patchOf = "networking.k8s.io/v1:IngressPatch";

describe("TLS of what is exposed", () => {
  const tls = [{ hosts: ["a.example"], secretName: "a" }];
  const judge = (...objects: unknown[]) => paths(reported(ingressTls, objects));

  it("is asked of every Ingress", () => {
    assert.deepEqual(judge(ingress({ tls })), []);
    for (const none of [undefined, null, []])
      assert.deepEqual(judge(ingress({ tls: none })), ["spec.tls"]);
    assert.deepEqual(judge({ ...ingress({}), apiVersion: "extensions/v1beta1" }), ["spec.tls"]);
    assert.deepEqual(reportedOfPatch(ingressTls, patchOf, { spec: {} }), []);
    assert.equal(reportedOfPatch(ingressTls, patchOf, { spec: { tls: [] } }).length, 1);
    assert.deepEqual(messages(ingressTls, [ingress({})]), [
      "is missing; name the hosts and the Secret with their certificate",
    ]);
  });

  it("is not switched off beside it", () => {
    const plain: [string, string][] = [
      ["nginx.ingress.kubernetes.io/ssl-redirect", "false"],
      ["haproxy.org/ssl-redirect", "false"],
      ["kubernetes.io/ingress.allow-http", "true"],
      ["ingress.example/allow-http", "true"],
      ["traefik.ingress.kubernetes.io/router.tls", "false"],
      ["traefik.ingress.kubernetes.io/router.entrypoints", "websecure, web"],
    ];
    for (const [key, value] of plain) {
      const found = judge(ingress({ tls }, { [key]: value }));
      assert.deepEqual(found, [`metadata.annotations["${key}"]`], key);
    }
    const fine: [string, unknown][] = [
      ["nginx.ingress.kubernetes.io/ssl-redirect", "true"],
      ["nginx.ingress.kubernetes.io/force-ssl-redirect", "false"],
      ["kubernetes.io/ingress.allow-http", "false"],
      ["traefik.ingress.kubernetes.io/router.tls", "true"],
      ["traefik.ingress.kubernetes.io/router.entrypoints", "websecure"],
      ["ssl-redirect", "false"],
      ["a/b", null],
    ];
    for (const [key, value] of fine)
      assert.deepEqual(judge(ingress({ tls }, { [key]: value })), [], key);
    const off = ingress({ tls }, { "haproxy.org/ssl-redirect": "false" });
    assert.deepEqual(messages(ingressTls, [off]), [
      'is "false", which serves plain HTTP; remove it',
    ]);
  });

  it("is on some listener of a Gateway that has one for HTTP", () => {
    const gateway = (...protocols: unknown[]) =>
      made(gatewayApi, "Gateway", "web", {
        listeners: protocols.map((protocol) => ({ protocol })),
      });
    assert.deepEqual(judge(gateway("HTTP")), ["spec.listeners[0].protocol"]);
    assert.deepEqual(judge(gateway("TCP", "HTTP")), ["spec.listeners[1].protocol"]);
    for (const good of [["HTTPS"], ["HTTP", "HTTPS"], ["TLS", "HTTP"], ["HBONE"], [undefined]]) {
      assert.deepEqual(judge(gateway(...good)), [], String(good));
    }
    assert.deepEqual(judge(made(gatewayApi, "Gateway", "web", { listeners: [null] })), []);
    const spec = { listeners: [{ protocol: "HTTP" }] };
    assert.deepEqual(reportedOfPatch(ingressTls, `${gatewayApi}:GatewayPatch`, { spec }), []);
    assert.deepEqual(messages(ingressTls, [gateway("HTTP")]), [
      'is "HTTP", and no listener has TLS; write "HTTPS" with a certificate',
    ]);
  });
});

describe("the hosts of a route", () => {
  const judge = (object: unknown) => paths(reported(explicitHosts, [object]));

  it("are named in full by an Ingress", () => {
    const rules = [{ host: "a.example" }, null, { host: "" }, { host: "*.example" }, { host: "*" }];
    const at = (index: number) => `spec.rules[${index}].host`;
    assert.deepEqual(judge(ingress({ rules })), [at(1), at(2), at(3), at(4)]);
    assert.deepEqual(judge(ingress({ defaultBackend: {} })), []);
    assert.deepEqual(messages(explicitHosts, [ingress({ rules })]), [
      "is missing; write the full name of a host",
      "is empty; write the full name of a host",
      'is "*.example"; write the full name of a host',
      'is "*"; write the full name of a host',
    ]);
  });

  for (const kind of ["HTTPRoute", "GRPCRoute", "TLSRoute"]) {
    it(`are named in full by a ${kind}`, () => {
      assert.deepEqual(judge(route({ hostnames: ["a.example"] }, kind)), []);
      assert.deepEqual(judge(route({ hostnames: ["a.example", "*.b"] }, kind)), [
        "spec.hostnames[1]",
      ]);
      for (const none of [undefined, null, []]) {
        assert.deepEqual(judge(route({ hostnames: none }, kind)), ["spec.hostnames"]);
      }
    });
  }

  it("are the Service's where a route is inside the mesh", () => {
    const inside = { kind: "Service", name: "web" };
    assert.deepEqual(judge(route({ parentRefs: [inside] })), []);
    assert.equal(judge(route({ parentRefs: [inside, { name: "gateway" }] })).length, 1);
    assert.equal(judge(route({ parentRefs: [null] })).length, 1);
    assert.equal(judge(route({ parentRefs: [] })).length, 1);
  });

  it("are held against a patch that has some", () => {
    const token = `${gatewayApi}:HTTPRoutePatch`;
    assert.deepEqual(reportedOfPatch(explicitHosts, token, { spec: {} }), []);
    assert.equal(reportedOfPatch(explicitHosts, token, { spec: { hostnames: ["*"] } }).length, 1);
  });
});

describe("the hosts of certificates", () => {
  const judge = (tls: unknown, ...hosts: unknown[]) =>
    paths(reported(tlsHosts, [ingress({ tls, rules: hosts.map((host) => ({ host })) })]));
  const unserved = "spec.rules[0].host";

  it("are those of the rules", () => {
    assert.deepEqual(judge([{ hosts: ["a.b"] }], "a.b"), []);
    assert.deepEqual(judge([{ hosts: ["a.b"] }, null, { hosts: ["c.d"] }], "c.d", "a.b"), []);
    assert.deepEqual(judge([{ hosts: ["a.b"] }], "c.d"), [unserved, "spec.tls[0].hosts[0]"]);
    assert.deepEqual(judge([{ hosts: [] }], "a.b"), [unserved]);
    assert.deepEqual(judge([{ hosts: ["a.b"] }, { hosts: ["c.d", "e.f"] }], "a.b", "c.d"), [
      "spec.tls[1].hosts[1]",
    ]);
  });

  it("may stand for one label", () => {
    assert.deepEqual(judge([{ hosts: ["*.b.c"] }], "a.b.c"), []);
    assert.deepEqual(judge([{ hosts: ["*.b.c"] }], "*.b.c"), []);
    assert.deepEqual(judge([{ hosts: ["*.b.c"] }], "x.a.b.c")[0], unserved);
    assert.deepEqual(judge([{ hosts: ["*.b.c"] }], "b.c")[0], unserved);
    assert.deepEqual(judge([{ hosts: ["a.b.c"] }], "*.b.c")[0], unserved);
  });

  it("are not compared where another rule speaks", () => {
    assert.deepEqual(judge([], "a.b"), []);
    assert.deepEqual(judge(undefined, "a.b"), []);
    assert.deepEqual(judge([{ hosts: ["a.b"] }], undefined), []);
    assert.deepEqual(judge([{ hosts: ["a.b"] }], undefined, "c.d"), ["spec.rules[1].host"]);
    assert.deepEqual(judge([{ hosts: ["a.b"] }]), []);
    const spec = { tls: [{ hosts: [] }], rules: [{ host: "a.b" }] };
    assert.equal(reportedOfPatch(tlsHosts, patchOf, { spec }).length, 1);
    assert.deepEqual(
      reportedOfPatch(tlsHosts, patchOf, { spec: { tls: [{ hosts: ["a.b"] }] } }),
      [],
    );
  });

  it("are explained", () => {
    const object = ingress({ tls: [{ hosts: ["a.b"] }], rules: [{ host: "c.d" }] });
    assert.deepEqual(messages(tlsHosts, [object]), [
      'is "c.d", which no entry of spec.tls has; add it there',
      'is "a.b", which no rule routes; remove it, or add a rule',
    ]);
  });
});

describe("the backend of a route", () => {
  const service = (spec: object = {}, namespace = "mesh") => ({
    ...made("v1", "Service", "web", { ports: [null, { name: "http", port: 80 }], ...spec }),
    metadata: { name: "web", namespace },
  });
  const judge = (object: unknown, ...others: unknown[]) =>
    paths(reported(backendExists, [object, ...(others.length > 0 ? others : [service()])]));
  const to = (name: string, port?: object) => ({ service: { name, port } });
  const at = "spec.rules[0].http.paths[0].backend";
  const routed = (backend: unknown) => ingress({ rules: [{ http: { paths: [{ backend }] } }] });

  it("is a Service of the stack, with that port", () => {
    assert.deepEqual(judge(routed(to("web", { number: 80 }))), []);
    assert.deepEqual(judge(routed(to("web", { name: "http" }))), []);
    assert.deepEqual(judge(routed(to("web"))), []);
    assert.deepEqual(judge(routed(to("api", { number: 80 }))), [`${at}.service.name`]);
    assert.deepEqual(judge(routed(to("web", { number: 81 }))), [`${at}.service.port.number`]);
    assert.deepEqual(judge(routed(to("web", { name: "https" }))), [`${at}.service.port.name`]);
    assert.deepEqual(judge(routed(to("web")), service({}, "shop")), [`${at}.service.name`]);
  });

  it("may be the default one, or written as in the first versions", () => {
    assert.deepEqual(judge(ingress({ defaultBackend: to("api") })), [
      "spec.defaultBackend.service.name",
    ]);
    assert.deepEqual(judge(ingress({ backend: { serviceName: "api", servicePort: 80 } })), [
      "spec.backend.serviceName",
    ]);
    assert.deepEqual(judge(routed({ serviceName: "web", servicePort: "x" })), [
      `${at}.servicePort`,
    ]);
    assert.deepEqual(judge(routed({ serviceName: "web", servicePort: "http" })), []);
  });

  it("is not asked of what is no Service, or has no ports of its own", () => {
    assert.deepEqual(judge(routed({ resource: { kind: "Bucket", name: "b" } })), []);
    assert.deepEqual(
      judge(routed(to("web", { number: 9 })), service({ type: "ExternalName" })),
      [],
    );
    assert.deepEqual(judge(routed(to("action", { name: "use-annotation" }))), []);
    assert.deepEqual(judge(routed(undefined)), []);
    assert.deepEqual(judge(ingress({ rules: [null, { http: { paths: [null] } }] })), []);
    assert.equal(judge(routed(to("web", { number: 80 })), service({ ports: null })).length, 1);
  });

  it("is asked of the Gateway API's routes too", () => {
    const refs = (...backendRefs: unknown[]) => route({ rules: [null, { backendRefs }] });
    const ref = "spec.rules[1].backendRefs[0]";
    assert.deepEqual(judge(refs({ name: "web", port: 80 })), []);
    assert.deepEqual(judge(refs({ name: "web", port: 81 })), [`${ref}.port`]);
    assert.deepEqual(judge(refs({ name: "api", port: 80 })), [`${ref}.name`]);
    assert.deepEqual(judge(refs({ name: "web", namespace: "shop" })), [`${ref}.name`]);
    assert.deepEqual(judge(refs({ name: "web", namespace: "shop" }), service({}, "shop")), []);
    assert.deepEqual(judge(refs({ name: "x", kind: "Pool" }, { name: "x", group: "y" }, null)), []);
    assert.deepEqual(
      judge(made(gatewayApi, "GRPCRoute", "web", { rules: [{ backendRefs: [{ name: "x" }] }] }))
        .length,
      1,
    );
  });

  it("is named in the message", () => {
    assert.deepEqual(messages(backendExists, [routed(to("web"))]), [
      'is "web", and the stack has no such Service in mesh; name one that it has',
    ]);
    const unplaced = { ...routed(to("web")), metadata: { name: "web" } };
    assert.match(String(messages(backendExists, [unplaced])), /no such Service in default;/);
    assert.deepEqual(messages(backendExists, [routed(to("web", { number: 9 })), service()]), [
      "is 9, which Service web does not have; write one of its ports",
    ]);
  });
});
