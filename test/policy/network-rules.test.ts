import assert from "node:assert/strict";
import { ExemptionLedger } from "#policy/model/exemptions";
import { Graph } from "#policy/model/graph";
import type { NetworkPolicySpec } from "#policy/model/network-policy";
import { isStackRule } from "#policy/model/rule";
import { fromManifest, shown } from "#policy/model/subject";
import { network } from "#policy/rules/network/index";
import { judgeAlone } from "./support/judge-alone.ts";

const core = (kind: string, name: string, namespace: string | undefined, rest: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  ...rest,
});
const policy = (name: string, spec: NetworkPolicySpec, namespace = "a") => ({
  ...core("NetworkPolicy", name, namespace, { spec }),
  apiVersion: "networking.k8s.io/v1",
});
const app = (name: string) => ({ matchLabels: { app: name } });
const both = ["Ingress", "Egress"];
const deny = policy("deny", { podSelector: {}, policyTypes: both });

/** What a rule says of a stack: "Pod a/x spec.path". */
function of(id: string, objects: object[], settings: object = {}): string[] {
  return found(id, objects, settings).map(({ subject, path }) => `${shown(subject)} ${path}`);
}

function found(id: string, objects: object[], settings: object) {
  const rule = network.find((each) => each.id === id);
  assert.ok(rule && isStackRule(rule));
  const ledger = new ExemptionLedger();
  const context = { settings, attempt: (part: () => never[]) => part(), blocked: [], ledger };
  return rule.checkStack(new Graph(objects.flatMap(fromManifest)), context as never);
}

describe("every pod", () => {
  const pods = ["x", "y"].map((name) => ({
    ...core("Pod", name, "a", { spec: {} }),
    metadata: { name, namespace: "a", labels: { app: name } },
  }));

  it("is selected for both directions, by one policy or several", () => {
    assert.deepEqual(of("N1", [...pods, deny]), []);
    assert.deepEqual(of("N1", pods), ["Pod a/x metadata.labels", "Pod a/y metadata.labels"]);
    const halves = [policy("in", {}), policy("out", { policyTypes: ["Egress"] })];
    assert.deepEqual(of("N1", [...pods, ...halves]), []);
    assert.equal(of("N1", [...pods, policy("in", {})]).length, 2);
    const one = policy("x", { podSelector: app("x"), policyTypes: both });
    assert.deepEqual(of("N1", [...pods, one]), ["Pod a/y metadata.labels"]);
    assert.equal(
      of("N1", [...pods, { ...deny, metadata: { name: "d", namespace: "b" } }]).length,
      2,
    );
  });

  it("is told which direction is open", () => {
    const [first] = found("N1", [...pods, policy("in", {})], {});
    assert.match(
      first?.message ?? "",
      /^are selected for egress by no NetworkPolicy of namespace a;/,
    );
    assert.match(found("N1", pods, {})[0]?.message ?? "", /for ingress and egress by/);
  });

  it("lives in a namespace that denies by default", () => {
    const space = core("Namespace", "a", undefined, {});
    assert.deepEqual(of("N2", [...pods, deny, space]), []);
    assert.deepEqual(of("N2", [space]), []);
    assert.deepEqual(of("N2", [...pods, space]), ["Namespace a metadata.name"]);
    assert.deepEqual(of("N2", pods), ["Pod a/x metadata.namespace"]);
    const halves = [policy("in", { podSelector: {} }), policy("out", { policyTypes: ["Egress"] })];
    assert.deepEqual(of("N2", [...pods, ...halves]), []);
    for (const spec of [
      { podSelector: app("x"), policyTypes: both },
      {
        podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] },
        policyTypes: both,
      },
      { policyTypes: both, ingress: [{}] },
      { policyTypes: both, egress: [{}] },
      { policyTypes: ["Egress"] },
    ]) {
      assert.equal(of("N2", [...pods, policy("p", spec)]).length, 1, JSON.stringify(spec));
    }
    assert.equal(of("N2", [...pods, policy("elsewhere", { policyTypes: both }, "b")]).length, 1);
    assert.match(
      found("N2", [...pods, policy("p", {})], {})[0]?.message ?? "",
      /default deny for egress;/,
    );
  });
});

describe("a policy that opens everything", () => {
  const judge = (spec: object | null, settings = {}) => {
    const [subject] = fromManifest(policy("p", spec as NetworkPolicySpec));
    assert.ok(subject);
    return judgeAlone(network, subject, settings).map((each) => each.replace("N4 spec.", ""));
  };
  const from = (...peers: unknown[]) => judge({ ingress: [{ from: peers }] });
  const peer = "ingress[0].from[0]";

  it("is one with a rule that names nobody", () => {
    assert.deepEqual(judge({ ingress: [{}] }), ["ingress[0].from"]);
    assert.deepEqual(judge({ ingress: [null] }), ["ingress[0].from"]);
    assert.deepEqual(judge({ egress: [{ to: [{ podSelector: {} }] }, { to: [] }] }), [
      "egress[1].to",
    ]);
    assert.deepEqual(judge({ ingress: [], egress: null }), []);
    assert.deepEqual(judge(null), []);
  });

  it("is one with an empty peer", () => {
    assert.deepEqual(from({}), [peer]);
    assert.deepEqual(from(null), [peer]);
  });

  it("is one with all pods of all namespaces", () => {
    const all = [`${peer}.namespaceSelector`];
    const some = { matchLabels: { a: "b" } };
    const exists = { matchExpressions: [{ key: "a", operator: "Exists" }] };
    assert.deepEqual(from({ namespaceSelector: {} }), all);
    assert.deepEqual(from({ namespaceSelector: { matchLabels: {}, matchExpressions: [] } }), all);
    assert.deepEqual(from({ namespaceSelector: {}, podSelector: {} }), all);
    assert.deepEqual(from({ namespaceSelector: {}, podSelector: some }), []);
    assert.deepEqual(from({ namespaceSelector: {}, podSelector: exists }), []);
    assert.deepEqual(from({ namespaceSelector: some }), []);
    assert.deepEqual(from({ namespaceSelector: exists, podSelector: {} }), []);
    assert.deepEqual(from({ podSelector: {} }), []);
  });

  it("is one with every address, unless the stack allows it on those ports", () => {
    for (const cidr of ["0.0.0.0/0", "::/0", "10.0.0.0/00"]) {
      assert.deepEqual(from({ ipBlock: { cidr } }), [`${peer}.ipBlock.cidr`]);
    }
    for (const cidr of ["10.0.0.0/8", "0.0.0.0/10", "", undefined]) {
      assert.deepEqual(from({ ipBlock: { cidr } }), []);
    }
    const out = (ports: object[] | undefined, ...allow: object[]) =>
      judge({ egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports }] }, { allow }).length;
    const cidr = "0.0.0.0/0";
    assert.equal(out([{ port: 443 }], { cidr }), 0);
    assert.equal(out(undefined, { cidr }), 0);
    assert.equal(out([{ port: 443 }], { cidr: "::/0" }), 1);
    assert.equal(out([{ port: 443 }], { cidr, ports: [6443, 443] }), 0);
    assert.equal(out([{ port: 443 }, { port: 80 }], { cidr, ports: [443] }), 1);
    assert.equal(out([{ port: 443, endPort: 500 }], { cidr, ports: [443] }), 1);
    assert.equal(out(undefined, { cidr, ports: [443] }), 1);
    assert.equal(out([{ port: 80 }], { cidr, ports: [443] }, { cidr, ports: [80] }), 0);
  });
});
