import assert from "node:assert/strict";
import { loadBalancers } from "#policy/rules/services/load-balancers";
import { noExternalIps } from "#policy/rules/services/no-external-ips";
import { noNodePorts } from "#policy/rules/services/no-node-ports";
import { selectsPods } from "#policy/rules/services/selects-pods";
import { targetPorts } from "#policy/rules/services/target-ports";
import { made, messages, reported, workload } from "./support/judging.ts";

const service = (spec: object, metadata = {}) => made("v1", "Service", "web", spec, metadata);

describe("how a Service is exposed", () => {
  it("is not a port of the nodes", () => {
    const judge = (spec: object) => reported(noNodePorts, [service(spec)]);
    assert.deepEqual(judge({ type: "NodePort", ports: [null, { nodePort: 30080 }] }), [
      "Service mesh/web: spec.type",
      "Service mesh/web: spec.ports[1].nodePort",
    ]);
    for (const type of ["ClusterIP", "LoadBalancer", "ExternalName", undefined]) {
      assert.deepEqual(judge({ type, ports: [{ port: 80 }, { nodePort: 0 }] }), []);
    }
    assert.deepEqual(judge({ type: "LoadBalancer", ports: [{ nodePort: 30080 }] }).length, 1);
    assert.deepEqual(
      messages(noNodePorts, [service({ type: "NodePort", ports: [{ nodePort: 1 }] })]),
      ['is "NodePort"; write "ClusterIP" and expose it by a gateway', "is 1; leave it out"],
    );
    const other = made("serving.knative.dev/v1", "Service", "web", { type: "NodePort" });
    assert.deepEqual(reported(noNodePorts, [other]), []);
  });

  it("is a load balancer only where the settings allow it", () => {
    const balanced = service({ type: "LoadBalancer" });
    const judge = (allowed?: unknown) => reported(loadBalancers, [balanced], { allowed });
    assert.deepEqual(judge(), ["Service mesh/web: spec.type"]);
    assert.deepEqual(judge(["mesh/web"]), []);
    assert.equal(judge(["mesh/api", "shop/web", "web"]).length, 1);
    assert.deepEqual(reported(loadBalancers, [service({ type: "ClusterIP" })]), []);
    const unplaced = { ...balanced, metadata: { name: "web" } };
    assert.deepEqual(reported(loadBalancers, [unplaced], { allowed: ["default/web"] }), []);
    assert.deepEqual(messages(loadBalancers, [balanced]), [
      'is "LoadBalancer", which mesh/web is not allowed; write "ClusterIP"',
    ]);
  });

  it("is not an address that it takes over", () => {
    const judge = (externalIPs: unknown) => messages(noExternalIps, [service({ externalIPs })]);
    assert.deepEqual(judge(["203.0.113.9"]), ['is ["203.0.113.9"]; remove it']);
    for (const none of [[], undefined, null]) assert.deepEqual(judge(none), []);
    assert.deepEqual(reported(noExternalIps, [service({ externalIPs: ["::1"] })]), [
      "Service mesh/web: spec.externalIPs",
    ]);
  });
});

describe("what a Service selects", () => {
  const judge = (spec: object, ...objects: unknown[]) =>
    reported(selectsPods, [service(spec), ...objects]);
  const web = workload("Deployment", "web");

  it("is some pod of its namespace", () => {
    const none = ["Service mesh/web: spec.selector"];
    assert.deepEqual(judge({ selector: { app: "web" } }, web), []);
    assert.deepEqual(judge({ selector: { app: "web" } }), none);
    assert.deepEqual(judge({ selector: { app: "web", tier: "x" } }, web), none);
    const elsewhere = { ...web, metadata: { name: "web", namespace: "shop" } };
    assert.deepEqual(judge({ selector: { app: "web" } }, elsewhere), none);
    const template = made("v1", "PodTemplate", "web", {});
    assert.deepEqual(
      judge(
        { selector: { app: "web" } },
        { ...template, template: { metadata: { labels: { app: "web" } } } },
      ),
      none,
    );
    assert.deepEqual(messages(selectsPods, [service({ selector: { app: "x" } })]), [
      'is {"app":"x"}, which no pod of the stack has; write labels of its pods',
    ]);
  });

  it("is asked of no Service that does not select", () => {
    for (const spec of [{}, { selector: {} }, { selector: null }]) {
      assert.deepEqual(judge(spec), [], JSON.stringify(spec));
    }
    assert.deepEqual(judge({ type: "ExternalName", selector: { app: "x" } }), []);
    assert.equal(judge({ type: "ClusterIP", selector: { app: "x" } }).length, 1);
  });

  it("takes no namespace for the default one", () => {
    const at = (object: object, namespace?: string) => ({
      ...object,
      metadata: { name: "web", namespace },
    });
    const found = reported(selectsPods, [
      at(service({ selector: { app: "web" } })),
      at(web, "default"),
    ]);
    assert.deepEqual(found, []);
  });
});

describe("where the ports of a Service lead", () => {
  const ports = [
    null,
    { name: "http", containerPort: 8080 },
    { name: "dns", containerPort: 53, protocol: "UDP" },
  ];
  const web = workload("Deployment", "web", {}, { containers: [null, { name: "web", ports }] });
  const judge = (port: unknown, ...pods: unknown[]) =>
    reported(targetPorts, [
      service({ selector: { app: "web" }, ports: [port] }),
      ...(pods.length > 0 ? pods : [web]),
    ]).map((each) => each.replace("Service mesh/web: ", ""));

  it("is a port that a container declares, by name or number, and by protocol", () => {
    const good = [
      { port: 80, targetPort: "http" },
      { port: 80, targetPort: 8080 },
      { port: 8080 },
      { port: 8080, targetPort: 0 },
      { port: 80, targetPort: "http", protocol: "TCP" },
      { port: 53, protocol: "UDP" },
      { port: 5, targetPort: "dns", protocol: "UDP" },
    ];
    for (const port of good) assert.deepEqual(judge(port), [], JSON.stringify(port));
    const bad = [
      { port: 80, targetPort: "https" },
      { port: 80, targetPort: 8443 },
      { port: 80, targetPort: "8080" },
      { port: 80, targetPort: "http", protocol: "UDP" },
      { port: 80, targetPort: "dns" },
    ];
    for (const port of bad) {
      assert.deepEqual(judge(port), ["spec.ports[0].targetPort"], JSON.stringify(port));
    }
    assert.deepEqual(judge({ port: 80 }), ["spec.ports[0].port"]);
  });

  it("may be declared by one of several pods, or by a sidecar", () => {
    const pod = (spec: object) => workload("StatefulSet", "web", {}, spec);
    const port = { port: 80, targetPort: "admin" };
    const admin = { name: "a", ports: [{ name: "admin", containerPort: 9 }] };
    assert.deepEqual(judge(port, web, pod({ containers: [admin] })), []);
    assert.deepEqual(
      judge(port, pod({ initContainers: [null, { ...admin, restartPolicy: "Always" }] })),
      [],
    );
    assert.equal(judge(port, pod({ initContainers: [admin] })).length, 1);
    assert.equal(judge(port, pod({})).length, 1);
  });

  it("is not asked where there are no pods", () => {
    assert.deepEqual(judge({ port: 80 }, workload("Deployment", "api")), []);
    assert.deepEqual(reported(targetPorts, [service({ ports: [{ port: 80 }] }), web]), []);
    assert.deepEqual(reported(targetPorts, [service({ selector: { app: "web" } }), web]), []);
  });

  it("is explained", () => {
    const object = service({ selector: { app: "web" }, ports: [{ port: 80, targetPort: "x" }] });
    assert.deepEqual(messages(targetPorts, [object, web]), [
      'is "x", which no container of the selected pods declares; write the name of one of their ports',
    ]);
  });
});
