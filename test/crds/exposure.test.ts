import assert from "node:assert/strict";
import { controllers } from "#config/charts/exposure";
import { ofKind, type Rendered, render, theOnly } from "#test/support/charts";

const ingress = { className: "public", controller: "nginx", host: "agent.example.com" };
/** Of the object that clients come to: pods with sessions know each other by a Service of their own. */
const annotationsOf = async (kind: string, values: object) => {
  const objects = await render("agent", "agent", values);
  const clients = objects.filter(({ metadata }) => metadata.name !== "agent-pods");
  return theOnly(clients, kind).metadata.annotations ?? {};
};

/** How each controller's annotations start. */
const prefixes: Record<string, string> = {
  nginx: "nginx.org/",
  "ingress-nginx": "nginx.ingress.kubernetes.io/",
  haproxy: "haproxy.org/",
  "haproxy-ingress": "haproxy-ingress.github.io/",
  traefik: "traefik.ingress.kubernetes.io/",
  contour: "projectcontour.io/",
  alb: "alb.ingress.kubernetes.io/",
};

describe("A workload that is called from outside", function () {
  this.timeout(60_000);

  it("has neither a route nor an ingress unless they are asked for", async () => {
    const objects: Rendered[] = await render("agent", "agent");
    assert.deepEqual([...ofKind(objects, "HTTPRoute"), ...ofKind(objects, "Ingress")], []);
  });

  it("gets a route without a time limit to its Service's port", async () => {
    const route = { parentRefs: [{ name: "public" }], hostnames: ["a.example.com"] };
    const objects = await render("agent", "agent", { route });
    const { parentRefs, hostnames, rules } = theOnly(objects, "HTTPRoute").spec;
    assert.deepEqual({ parentRefs, hostnames }, route);
    const service = theOnly(objects, "Service");
    const [{ port }] = service.spec.ports;
    assert.deepEqual(rules[0].backendRefs, [{ name: service.metadata.name, port }]);
    assert.deepEqual(rules[0].timeouts, { request: "0s" });
  });

  it("gets an ingress to its Service's port, with the certificate that is named", async () => {
    const objects = await render("agent", "agent", { ingress: { ...ingress, tlsSecret: "cert" } });
    const { ingressClassName, tls, rules } = theOnly(objects, "Ingress").spec;
    assert.equal(ingressClassName, "public");
    assert.deepEqual(tls, [{ hosts: [ingress.host], secretName: "cert" }]);
    const service = theOnly(objects, "Service");
    assert.deepEqual(rules[0].http.paths[0].backend.service, {
      name: service.metadata.name,
      port: { name: service.spec.ports[0].name },
    });
  });

  for (const controller of controllers) {
    it(`tells ${controller} what it reads, and no other controller anything`, async () => {
      for (const profile of ["stateless", "sessionful"]) {
        const values = { ingress: { ...ingress, controller }, profile };
        const all = {
          ...(await annotationsOf("Ingress", values)),
          ...(await annotationsOf("Service", values)),
        };
        delete all["pulumi.com/skipAwait"];
        const strange = Object.keys(all).filter(
          (key) => !key.startsWith(prefixes[controller] ?? "none"),
        );
        assert.deepEqual(strange, []);
        const sticky = /cookie|affinity|stickiness/.test(JSON.stringify(all));
        const can = controller !== "other" && controller !== "contour";
        assert.equal(sticky, can && profile === "sessionful", profile);
      }
    });
  }

  it("lets the stack say otherwise, annotation by annotation", async () => {
    const annotations = { "nginx.org/proxy-read-timeout": "2h", "example.com/team": "agents" };
    const found = await annotationsOf("Ingress", { ingress: { ...ingress, annotations } });
    assert.equal(found["nginx.org/proxy-read-timeout"], "2h");
    assert.equal(found["nginx.org/proxy-send-timeout"], "3600s");
    assert.equal(found["example.com/team"], "agents");
  });

  it("needs a controller that the chart knows", async () => {
    await assert.rejects(
      render("agent", "agent", { ingress: { ...ingress, controller: "ngnix" } }),
      /controller/,
    );
  });
});
