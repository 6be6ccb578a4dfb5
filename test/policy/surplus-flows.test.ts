import assert from "node:assert/strict";
import type { NetworkPolicySpec, PolicyRule } from "#policy/model/network-policy";
import {
  app,
  deny,
  env,
  found,
  lets,
  names,
  object,
  of,
  pod,
  policy,
  policyTypes,
  service,
} from "./support/flows.ts";

describe("flows that nobody needs", () => {
  const x = pod("x");
  const surplus = ["NetworkPolicy a/in-y spec.ingress[0].from[0]"];
  const stack = [x, pod("y"), deny, ...lets("x", "y")];

  it("are closed, between two workloads of the stack", () => {
    assert.deepEqual(of(stack), surplus);
    assert.match(
      found(stack)[0]?.message ?? "",
      /^lets Pod a\/x call Pod a\/y on 80\/TCP, which nothing shows/,
    );
    assert.deepEqual(of([x, pod("y"), deny, lets("x", "y")[1] as object]), []);
    assert.deepEqual(of([x, pod("y"), deny, lets("x", "y")[0] as object]), []);
    assert.deepEqual(of([pod("y"), deny, ...lets("y", "y")]), []);
  });

  it("may stay where the stack's settings list them, by the workloads' names", () => {
    for (const [from, to, port] of [
      ["x", "y", 80],
      ["x", "y", undefined],
      ["*", "y", 80],
      ["x", "*", 80],
    ]) {
      assert.deepEqual(of(stack, { flows: [{ from, to, port }] }), [], `${from} ${to} ${port}`);
    }
    for (const [from, to, port] of [
      ["y", "x", 80],
      ["x", "y", 81],
      ["x", "z", 80],
      ["z", "y", 80],
    ]) {
      assert.deepEqual(
        of(stack, { flows: [{ from, to, port }] }),
        surplus,
        `${from} ${to} ${port}`,
      );
    }
    const labelled = pod(
      "x-1",
      {},
      {
        metadata: {
          name: "x-1",
          namespace: "a",
          labels: { app: "x", "app.kubernetes.io/name": "long" },
        },
      },
    );
    assert.deepEqual(of([labelled, ...stack.slice(1)], { flows: [{ from: "long", to: "y" }] }), []);
  });

  it("are told apart by port and caller", () => {
    const url = env("y.a.svc:8080");
    const two = pod("y", { ports: [{ name: "http", containerPort: 80 }, { containerPort: 81 }] });
    const out = policy("out", { policyTypes: ["Egress"], egress: [{}] });
    const judge = (ingress: PolicyRule) =>
      of([
        pod("x", url),
        two,
        pod("z"),
        service("y"),
        out,
        policy("in", { ...app("y"), ingress: [ingress] }),
      ]);
    assert.deepEqual(judge({ from: [app("x")], ports: [{ port: 80 }] }), []);
    assert.deepEqual(judge({ from: [app("x")] }), ["NetworkPolicy a/in spec.ingress[0].from[0]"]);
    assert.deepEqual(judge({ from: [app("x"), app("z")], ports: [{ port: 80 }] }), [
      "NetworkPolicy a/in spec.ingress[0].from[1]",
    ]);
    assert.deepEqual(judge({ from: [{ podSelector: {} }], ports: [{ port: 80 }] }), [
      "NetworkPolicy a/in spec.ingress[0].from[0]",
    ]);
  });

  it("are not held against pods that policies can't tell from one that needs them", () => {
    const twin = (name: string, container: object, more = {}) =>
      pod(name, container, { metadata: { name, namespace: "a", labels: { app: "x", ...more } } });
    const rest = [pod("y"), service("y"), names, ...lets("x", "y")];
    assert.deepEqual(of([twin("x1", env("y.a.svc")), twin("x2", {}, { pod: "2" }), ...rest]), []);
    const byPod = policy("p", {
      podSelector: { matchExpressions: [{ key: "pod", operator: "Exists" }] },
      policyTypes,
    });
    assert.deepEqual(
      of([twin("x1", env("y.a.svc")), twin("x2", {}, { pod: "2" }), byPod, ...rest]),
      surplus,
    );
  });

  it("can't be told of a pod whose configuration the stack does not show", () => {
    const rest = stack.slice(1);
    const mounting = (volume: object) => pod("x", {}, { spec: { volumes: [volume] } });
    for (const volume of [{ configMap: { name: "m" } }, { secret: { secretName: "m" } }]) {
      assert.deepEqual(of([mounting(volume), ...rest]), []);
    }
    assert.deepEqual(of([mounting({ configMap: { name: "kube-root-ca.crt" } }), ...rest]), surplus);
    const empty = object("Secret", "m", {});
    assert.deepEqual(of([mounting({ secret: { secretName: "m" } }), empty, ...rest]), []);
    const shownSecret = object("Secret", "m", { stringData: { a: "b" } });
    assert.deepEqual(
      of([mounting({ secret: { secretName: "m" } }), shownSecret, ...rest]),
      surplus,
    );
    const unknown = object("Secret", "m", {});
    Object.defineProperty(unknown, "data", {
      get: () => {
        throw new Error("not known yet");
      },
    });
    assert.deepEqual(of([mounting({ secret: { secretName: "m" } }), unknown, ...rest]), []);
  });

  it("can't be told of a pod that names a Service which leads nowhere yet", () => {
    const rest = stack.slice(1);
    assert.deepEqual(of([pod("x", env("gone.a.svc:80")), ...rest]), []);
    assert.deepEqual(of([pod("x", env("gone.elsewhere.svc:80")), ...rest]), surplus);
    assert.deepEqual(of([pod("x", env("s.a.svc:8080")), service("s"), ...rest]), []);
    assert.deepEqual(
      of([
        pod("x", env("y.a.svc")),
        service("y", { ports: [{ port: 1, targetPort: "none" }] }),
        ...rest,
      ]),
      [],
    );
  });
});

describe("ports of policies", () => {
  const judge = (spec: NetworkPolicySpec) =>
    of([pod("y"), pod("z", { ports: [{ containerPort: 90 }] }), deny, policy("p", spec)]);
  const outside = { from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] };
  const into = (...ports: object[]) => judge({ ...app("y"), ingress: [{ ...outside, ports }] });

  it("are ports of the pods that they open", () => {
    assert.deepEqual(into({ port: 80 }, { port: "http" }, {}, { port: 70, endPort: 90 }), []);
    assert.deepEqual(into({ port: 80 }, { port: 81 }), [
      "NetworkPolicy a/p spec.ingress[0].ports[1].port",
    ]);
    assert.deepEqual(into({ port: "web" }), ["NetworkPolicy a/p spec.ingress[0].ports[0].port"]);
    assert.deepEqual(into({ port: 80, protocol: "UDP" }), [
      "NetworkPolicy a/p spec.ingress[0].ports[0].port",
    ]);
    assert.deepEqual(into({ port: 81, endPort: 90 }), [
      "NetworkPolicy a/p spec.ingress[0].ports[0].port",
    ]);
    assert.deepEqual(
      judge({ podSelector: {}, ingress: [{ ...outside, ports: [{ port: 90 }] }] }),
      [],
    );
    assert.deepEqual(
      judge({ ...app("none"), ingress: [{ ...outside, ports: [{ port: 9 }] }] }),
      [],
    );
  });

  it("are ports of the pods that they let out to, if the stack shows all of them", () => {
    const out = (port: number, ...to: object[]) =>
      judge({ ...app("y"), policyTypes: ["Egress"], egress: [{ to, ports: [{ port }] }] });
    assert.deepEqual(out(90, app("z")), []);
    assert.deepEqual(out(91, app("z")), ["NetworkPolicy a/p spec.egress[0].ports[0].port"]);
    assert.deepEqual(out(91, app("z"), app("y")), [
      "NetworkPolicy a/p spec.egress[0].ports[0].port",
    ]);
    assert.deepEqual(out(80, app("z"), app("y")), []);
    assert.deepEqual(out(91, app("z"), app("none")), []);
    assert.deepEqual(out(91, app("z"), { ipBlock: { cidr: "10.0.0.0/8" } }), []);
    assert.deepEqual(out(91, { ...app("z"), namespaceSelector: {} }), []);
    assert.deepEqual(out(91), []);
  });
});
