import assert from "node:assert/strict";
import { uniqueRoutes } from "#policy/rules/services/unique-routes";
import { made, messages, reported } from "./support/judging.ts";

const gatewayApi = "gateway.networking.k8s.io/v1";

interface Claim {
  host?: string;
  path?: string;
  pathType?: string;
  ingressClassName?: string;
  annotations?: object;
  namespace?: string;
}

const ingress = (name: string, claim: Claim) => {
  const { host = "a.b", path = "/", pathType = "Prefix", ingressClassName, ...metadata } = claim;
  const spec = { ingressClassName, rules: [{ host, http: { paths: [{ path, pathType }] } }] };
  return made("networking.k8s.io/v1", "Ingress", name, spec, metadata);
};

const route = (name: string, spec: object) =>
  made(gatewayApi, "HTTPRoute", name, {
    parentRefs: [{ name: "gateway" }],
    hostnames: ["a.b"],
    rules: [{}],
    ...spec,
  });

const matching = (...matches: unknown[]) => ({ rules: [{ matches }] });

const clash = (first: unknown, second: unknown) =>
  reported(uniqueRoutes, [first, second]).length > 0;

describe("host and path", () => {
  it("of an Ingress are no other's", () => {
    const taken: [Claim, Claim][] = [
      [{}, {}],
      [{}, { namespace: "shop" }],
      [{ path: "/a" }, { path: "/a/" }],
      [{ path: "/" }, { path: "" }],
      [
        { pathType: "Exact", path: "/a" },
        { pathType: "Exact", path: "/a" },
      ],
      [{ pathType: "ImplementationSpecific" }, {}],
      [{ ingressClassName: "x" }, { annotations: { "kubernetes.io/ingress.class": "x" } }],
      [{ annotations: { "nginx.ingress.kubernetes.io/canary": "false" } }, {}],
    ];
    for (const [first, second] of taken) {
      assert.ok(
        clash(ingress("one", first), ingress("two", second)),
        JSON.stringify([first, second]),
      );
    }
  });

  it("of an Ingress may be beside others", () => {
    const free: [Claim, Claim][] = [
      [{}, { host: "c.d" }],
      [{}, { path: "/a" }],
      [{ path: "/a" }, { path: "/a", pathType: "Exact" }],
      [
        { pathType: "Exact", path: "/a" },
        { pathType: "Exact", path: "/a/" },
      ],
      [{ ingressClassName: "x" }, { ingressClassName: "y" }],
      [{}, { annotations: { "nginx.ingress.kubernetes.io/canary": "true" } }],
    ];
    for (const [first, second] of free) {
      assert.ok(
        !clash(ingress("one", first), ingress("two", second)),
        JSON.stringify([first, second]),
      );
    }
  });

  it("are named with the field and the other claim", () => {
    const objects = [
      ingress("one", { path: "/a" }),
      ingress("two", { path: "/a" }),
      ingress("three", { path: "/a" }),
    ];
    const at = "spec.rules[0].http.paths[0].path";
    assert.deepEqual(reported(uniqueRoutes, objects), [
      `Ingress mesh/two: ${at}`,
      `Ingress mesh/three: ${at}`,
    ]);
    const what = "claims a.b/a, as Ingress mesh/one does; keep one of them";
    assert.deepEqual(messages(uniqueRoutes, objects), [what, what]);
    const rule = { host: "a.b", http: { paths: [{ path: "/" }, { path: "/" }] } };
    const twice = made("networking.k8s.io/v1", "Ingress", "one", { rules: [rule] });
    assert.deepEqual(messages(uniqueRoutes, [twice]), [
      "claims a.b/, as another rule does; keep one of them",
    ]);
  });

  it("of an HTTPRoute are no other's at the same gateway", () => {
    const method = matching({ path: { value: "/a" }, method: "GET" });
    const taken: [object, object][] = [
      [{}, {}],
      [matching(), matching({})],
      [matching({ path: { value: "/" } }), matching({ path: { type: "PathPrefix" } })],
      [matching(null), {}],
      [method, method],
      [{ hostnames: [] }, { hostnames: null }],
      [{ hostnames: ["c.d", "a.b"] }, {}],
      [{ parentRefs: [{ name: "gateway", namespace: "mesh" }] }, {}],
      [{ rules: [null] }, {}],
      [{ parentRefs: [null] }, { parentRefs: [{}] }],
    ];
    for (const [first, second] of taken) {
      assert.ok(clash(route("one", first), route("two", second)), JSON.stringify([first, second]));
    }
    const found = reported(uniqueRoutes, [
      route("one", {}),
      route("two", {}),
      route("three", matching(null)),
    ]);
    assert.deepEqual(found, [
      "HTTPRoute mesh/two: spec.rules[0]",
      "HTTPRoute mesh/three: spec.rules[0].matches[0]",
    ]);
    assert.deepEqual(messages(uniqueRoutes, [route("one", {}), route("two", {})]), [
      "claims a.b/, as HTTPRoute mesh/one does; keep one of them",
    ]);
  });

  it("of an HTTPRoute may be beside others", () => {
    const free: [object, object][] = [
      [{}, { hostnames: ["c.d"] }],
      [{}, { hostnames: [] }],
      [{}, matching({ path: { value: "/a" } })],
      [{}, matching({ path: { type: "Exact", value: "/" } })],
      [{}, matching({ method: "GET" })],
      [{}, matching({ headers: [{ name: "x", value: "y" }] })],
      [{}, matching({ queryParams: [{ name: "x", value: "y" }] })],
      [{}, { parentRefs: [{ name: "other" }] }],
      [{}, { parentRefs: [{ name: "gateway", namespace: "shop" }] }],
      [{}, { parentRefs: [{ name: "gateway", sectionName: "https" }] }],
      [{}, { parentRefs: [{ name: "gateway", kind: "Service" }] }],
      [{}, { parentRefs: [] }],
    ];
    for (const [first, second] of free) {
      assert.ok(!clash(route("one", first), route("two", second)), JSON.stringify([first, second]));
    }
  });
});
