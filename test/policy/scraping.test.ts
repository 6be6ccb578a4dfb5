import assert from "node:assert/strict";
import type { PolicyRule } from "#policy/model/network-policy";
import {
  deny,
  dns,
  env,
  found,
  lets,
  object,
  of,
  pod,
  policy,
  policyTypes,
  service,
} from "./support/flows.ts";

describe("the names of Services", () => {
  const x = pod("x", env("http://y.a.svc:8080"));
  const stack = (egress: PolicyRule[]) => [
    x,
    pod("y"),
    service("y"),
    policy("deny", { policyTypes }),
    ...lets("x", "y"),
    policy("dns", { policyTypes, egress }),
  ];
  const closed = ["Pod a/x c.env[0].value"];

  it("can be looked up by the pods that use them", () => {
    assert.deepEqual(of(stack([dns])), []);
    assert.deepEqual(of(stack([])), closed);
    assert.deepEqual(of(stack([{ ...dns, ports: [{ port: 53 }] }])), closed);
    assert.deepEqual(of(stack([{ to: dns.to ?? [] }])), []);
    assert.deepEqual(of(stack([{ ports: dns.ports ?? [] }])), []);
    assert.deepEqual(of(stack([{ ...dns, ports: [{ port: "dns", protocol: "UDP" }] }])), []);
    assert.deepEqual(of(stack([{ ...dns, to: [{ ipBlock: { cidr: "169.254.20.10/32" } }] }])), []);
    assert.deepEqual(
      of(stack([{ ports: [{ port: 80 }], to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }])),
      closed,
    );
  });

  it("are answered where the stack says", () => {
    const elsewhere = { dns: { namespace: "dns", labels: { a: "b" } } };
    assert.deepEqual(of(stack([dns]), elsewhere), closed);
    const to = [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "dns" } },
        podSelector: { matchLabels: { a: "b" } },
      },
    ];
    assert.deepEqual(of(stack([{ to }]), elsewhere), []);
    assert.deepEqual(of(stack([{ ...dns }]), { dns: { namespace: "kube-system" } }), []);
  });
});

describe("figures", () => {
  const prometheus = (namespace = "a") =>
    pod(
      "prom",
      {},
      {
        metadata: {
          name: "prom",
          namespace,
          labels: { app: "prom", "app.kubernetes.io/component": "prometheus" },
        },
      },
    );
  const annotated = (annotations: object, container = {}) =>
    pod("y", container, {
      metadata: { name: "y", namespace: "a", labels: { app: "y" }, annotations },
    });
  const scrape = { "prometheus.io/scrape": "true" };
  const closed = ["Pod a/y metadata.annotations.prometheus.io/scrape"];

  it("can be scraped from pods that ask for it", () => {
    const y = annotated({ ...scrape, "prometheus.io/port": "80" });
    assert.deepEqual(of([prometheus(), y, deny]), closed);
    assert.deepEqual(of([prometheus(), y, deny, ...lets("prom", "y")]), []);
    assert.deepEqual(of([y, deny]), []);
    assert.deepEqual(of([prometheus(), annotated({ "prometheus.io/scrape": "false" }), deny]), []);
    assert.deepEqual(of([prometheus(), pod("y"), deny]), []);
    assert.match(
      found([prometheus(), y, deny])[0]?.message ?? "",
      /^asks to be scraped, but no NetworkPolicy lets Pod a\/prom call Pod a\/y on 80/,
    );
  });

  it("are on a declared port where no other is named", () => {
    const y = annotated(scrape, {
      ports: [{ containerPort: 80 }, { containerPort: 53, protocol: "UDP" }],
    });
    assert.deepEqual(of([prometheus(), y, deny]), closed);
    assert.deepEqual(of([prometheus(), y, deny, ...lets("prom", "y")]), []);
    const other = annotated({ ...scrape, "prometheus.io/port": "81" });
    assert.ok(of([prometheus(), other, deny, ...lets("prom", "y")]).includes(closed[0] ?? ""));
  });

  it("go to the Prometheus that a setting names, the one of the namespace first", () => {
    const y = annotated(scrape);
    assert.deepEqual(of([prometheus(), y, deny], { prometheus: { app: "other" } }), []);
    assert.deepEqual(of([pod("z"), y, deny], { prometheus: { app: "z" } }), closed);
    assert.deepEqual(of([prometheus("b"), y, deny]), closed);
    assert.deepEqual(of([prometheus(), prometheus("b"), y, deny, ...lets("prom", "y")]), []);
  });

  it("are not asked of Prometheus itself, nor on the node's network", () => {
    const self = { ...prometheus(), metadata: { ...prometheus().metadata, annotations: scrape } };
    assert.deepEqual(of([self, deny]), []);
    const y = annotated(scrape);
    const hosted = { ...y, spec: { ...(y as { spec?: object }).spec, hostNetwork: true } };
    assert.deepEqual(of([prometheus(), hosted, deny]), []);
  });

  const monitor = (kind: string, spec: object, namespace = "a") =>
    object(
      kind,
      "m",
      { spec: { selector: { matchLabels: { app: "y" } }, ...spec } },
      namespace,
      "monitoring.coreos.com/v1",
    );

  it("can be scraped where a PodMonitor asks for it", () => {
    const stack = [prometheus(), pod("y"), pod("z"), deny];
    const path = ["PodMonitor a/m spec.podMetricsEndpoints[0]"];
    for (const endpoint of [
      { port: "http" },
      { portNumber: 80 },
      { targetPort: 80 },
      { targetPort: "http" },
    ]) {
      const m = monitor("PodMonitor", { podMetricsEndpoints: [endpoint] });
      assert.deepEqual(of([...stack, m]), path);
      assert.deepEqual(of([...stack, m, ...lets("prom", "y")]), []);
    }
    const spec = { podMetricsEndpoints: [{ port: "http" }] };
    assert.deepEqual(of([...stack, monitor("PodMonitor", spec, "b")]), []);
    assert.equal(
      of([...stack, monitor("PodMonitor", { ...spec, namespaceSelector: { any: true } }, "b")])
        .length,
      1,
    );
    assert.equal(
      of([
        ...stack,
        monitor("PodMonitor", { ...spec, namespaceSelector: { matchNames: ["a"] } }, "b"),
      ]).length,
      1,
    );
    assert.equal(
      of([...stack, monitor("PodMonitor", { ...spec, namespaceSelector: { matchNames: ["b"] } })])
        .length,
      0,
    );
    assert.equal(
      of([...stack, monitor("PodMonitor", { podMetricsEndpoints: [{ port: "none" }, null] })])
        .length,
      0,
    );
  });

  it("can be scraped where a ServiceMonitor asks for it", () => {
    const y = service("y", {
      ports: [
        { name: "other", port: 1 },
        { name: "web", port: 8080, targetPort: "http" },
      ],
    });
    const labelled = { ...y, metadata: { ...y.metadata, labels: { app: "y" } } };
    const stack = [prometheus(), pod("y"), labelled, service("z"), deny];
    for (const endpoint of [{ port: "web" }, { targetPort: 80 }]) {
      const m = monitor("ServiceMonitor", { endpoints: [endpoint] });
      assert.deepEqual(of([...stack, m]), ["ServiceMonitor a/m spec.endpoints[0]"]);
      assert.deepEqual(of([...stack, m, ...lets("prom", "y")]), []);
    }
    const spec = { endpoints: [{ port: "web" }] };
    assert.deepEqual(of([...stack, monitor("ServiceMonitor", spec, "b")]), []);
    assert.deepEqual(
      of([...stack, monitor("ServiceMonitor", { endpoints: [{ port: "none" }] })]),
      [],
    );
  });
});
