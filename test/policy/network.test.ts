import assert from "node:assert/strict";
import { Graph } from "#policy/model/graph";
import { Network } from "#policy/model/network";
import type { NetworkPolicySpec, PolicyRule } from "#policy/model/network-policy";
import { fromManifest } from "#policy/model/subject";

interface Options {
  ports?: object[];
  namespace?: string;
  labels?: Record<string, string>;
  spec?: object;
}

/** A pod with its name as label `app`, and a namespace that has its own name as label `team`. */
function pod(
  name: string,
  {
    ports = [{ name: "http", containerPort: 80 }],
    namespace = "a",
    labels = {},
    spec = {},
  }: Options = {},
) {
  const metadata = { name, namespace, labels: { app: name, ...labels } };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ ports }], ...spec } };
}

function policy(name: string, spec: NetworkPolicySpec | null, namespace = "a") {
  const metadata = { name, namespace };
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
}

const app = (name: string) => ({ matchLabels: { app: name } });

const team = (name: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { team: name } },
});

/** Whether the first pod may call the second one under these policies. */
function allows(
  policies: object[],
  { from = pod("x"), to = pod("y"), port = 80, protocol = "TCP" } = {},
) {
  const graph = new Graph([from, to, team("a"), team("b"), ...policies].flatMap(fromManifest));
  const [first, second] = graph.pods;
  assert.ok(first && second);
  return new Network(graph).allows({ from: first, to: second, port, protocol });
}

const into = (...ingress: PolicyRule[]) => policy("in", { podSelector: app("y"), ingress });
const outOf = (...egress: PolicyRule[]) =>
  policy("out", { podSelector: app("x"), policyTypes: ["Egress"], egress });

describe("network policies", () => {
  it("leave open what none of them selects", () => {
    assert.equal(allows([]), true);
    assert.equal(
      allows([policy("other", { podSelector: app("z"), policyTypes: ["Ingress", "Egress"] })]),
      true,
    );
    assert.equal(allows([policy("there", { podSelector: {} }, "b")]), true);
  });

  it("close ingress where they name no types, and egress too where they have rules for it", () => {
    assert.equal(allows([into()]), false);
    assert.equal(allows([policy("p", {})]), false);
    assert.equal(allows([policy("p", null)]), false);
    assert.equal(allows([policy("p", { podSelector: app("x") })]), true);
    assert.equal(allows([policy("p", { podSelector: app("x"), egress: [] })]), true);
    assert.equal(
      allows([
        policy("p", { podSelector: app("x"), egress: [{ to: [{ podSelector: app("z") }] }] }),
      ]),
      false,
    );
    assert.equal(allows([policy("p", { podSelector: app("y"), policyTypes: [] })]), false);
    assert.equal(allows([policy("p", { podSelector: app("y"), policyTypes: ["Egress"] })]), true);
    assert.equal(allows([policy("p", { podSelector: app("x"), policyTypes: ["Egress"] })]), false);
    assert.equal(
      allows([policy("p", { podSelector: app("x"), policyTypes: ["Ingress"], egress: [{}] })]),
      true,
    );
  });

  it("add up, and ask both ends", () => {
    const open = into({ from: [{ podSelector: app("x") }] });
    assert.equal(allows([into(), { ...open, metadata: { name: "more", namespace: "a" } }]), true);
    assert.equal(allows([open, outOf()]), false);
    assert.equal(allows([into(), outOf({})]), false);
    assert.equal(allows([open, outOf({ to: [{ podSelector: app("y") }] })]), true);
    assert.equal(allows([open, outOf({ to: [{ podSelector: app("x") }] })]), false);
  });

  it("mean everybody by no peers, and nobody by an empty peer or a block of addresses", () => {
    for (const rule of [{}, { from: [] }]) assert.equal(allows([into(rule)]), true);
    assert.equal(allows([into({ from: [{}] })]), false);
    assert.equal(allows([into(null as never)]), true);
    assert.equal(allows([into({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] })]), false);
    assert.equal(
      allows([into({ from: [{ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }] })]),
      false,
    );
  });

  it("select pods of their own namespace, unless they select namespaces", () => {
    const from = pod("x", { namespace: "b" });
    const byPod = [{ podSelector: app("x") }];
    assert.equal(allows([into({ from: byPod })], { from }), false);
    assert.equal(allows([into({ from: [{ podSelector: {} }] })], { from }), false);
    assert.equal(allows([into({ from: [{ podSelector: {} }] })]), true);
    assert.equal(allows([into({ from: [{ namespaceSelector: {} }] })], { from }), true);
    const named = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
    assert.equal(allows([into({ from: [{ namespaceSelector: named("b") }] })], { from }), true);
    assert.equal(allows([into({ from: [{ namespaceSelector: named("a") }] })], { from }), false);
    const ofTeam = (name: string) => ({ matchLabels: { team: name } });
    assert.equal(allows([into({ from: [{ namespaceSelector: ofTeam("b") }] })], { from }), true);
    assert.equal(allows([into({ from: [{ namespaceSelector: ofTeam("a") }] })], { from }), false);
    assert.equal(
      allows([into({ from: [{ namespaceSelector: ofTeam("b"), podSelector: app("x") }] })], {
        from,
      }),
      true,
    );
    assert.equal(
      allows([into({ from: [{ namespaceSelector: ofTeam("b"), podSelector: app("z") }] })], {
        from,
      }),
      false,
    );
  });

  it("know the namespace that a manifest leaves out", () => {
    const bare = (object: { metadata: object }) => ({
      ...object,
      metadata: { ...object.metadata, namespace: undefined },
    });
    const options = { from: bare(pod("x")) as never, to: pod("y", { namespace: "default" }) };
    const named = { matchLabels: { "kubernetes.io/metadata.name": "default" } };
    const open = into({ from: [{ namespaceSelector: named }] });
    assert.equal(allows([bare(open)], options), true);
    assert.equal(allows([bare(into())], options), false);
  });

  const ports: [string, object[], { port?: number; protocol?: string }, boolean][] = [
    ["none, and so all", [], { port: 81 }, true],
    ["the number", [{ port: 80 }], {}, true],
    ["another number", [{ port: 81 }], {}, false],
    ["one of two", [{ port: 81 }, { port: 80 }], {}, true],
    ["the number for another protocol", [{ port: 80, protocol: "UDP" }], {}, false],
    ["the number for its protocol", [{ port: 80, protocol: "UDP" }], { protocol: "UDP" }, true],
    ["a protocol", [{ protocol: "TCP" }], { port: 9 }, true],
    ["another protocol", [{ protocol: "SCTP" }], {}, false],
    ["a range that ends there", [{ port: 70, endPort: 80 }], {}, true],
    ["a range that starts there", [{ port: 80, endPort: 90 }], {}, true],
    ["a range that ends before", [{ port: 70, endPort: 79 }], {}, false],
    ["a range that starts after", [{ port: 81, endPort: 90 }], {}, false],
    ["the name", [{ port: "http" }], {}, true],
    ["the name of another number", [{ port: "http" }], { port: 81 }, false],
    ["an unknown name", [{ port: "web" }], {}, false],
    ["the name of a port of another protocol", [{ port: "dns" }], { port: 53 }, false],
    [
      "the name with its protocol",
      [{ port: "dns", protocol: "UDP" }],
      { port: 53, protocol: "UDP" },
      true,
    ],
    ["a name of an init container", [{ port: "side" }], { port: 90 }, true],
    ["null", [null as never], {}, true],
  ];
  for (const [what, list, flow, expected] of ports) {
    it(`read ports: ${what}`, () => {
      const to = pod("y", {
        ports: [
          { name: "http", containerPort: 80 },
          { name: "dns", containerPort: 53, protocol: "UDP" },
          { name: "none" },
        ],
        spec: { initContainers: [{ ports: [{ name: "side", containerPort: 90 }] }, null] },
      });
      assert.equal(allows([into({ ports: list })], { to, ...flow }), expected);
      // Out of a pod, a name is one of the pod that listens, too.
      assert.equal(allows([outOf({ ports: list })], { to, ...flow }), expected);
    });
  }

  it("do not see a pod that uses the node's network", () => {
    const graph = new Graph(
      [pod("x", { spec: { hostNetwork: true } }), pod("y")].flatMap(fromManifest),
    );
    assert.deepEqual(
      new Network(graph).pods.map(({ subject }) => subject.body.metadata?.name),
      ["y"],
    );
  });
});
