import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubePrometheusStackArgs } from "#components/index";
import { valuesOf } from "#components/internal/kube-prometheus-stack-values";
import { globalPart } from "#config/charts/common";
import { controllers } from "#config/charts/exposure";
import { type ChartName, charts } from "#config/charts/index";
import { kubePrometheusStack, kubePrometheusStackArgs } from "#config/kube-prometheus-stack";
import { projectRoot } from "#local/setup/environment";
import { type Rendered, render } from "#test/support/charts";
import { type CrdName, installCrds, removeCrds } from "#test/support/crds";
import { kubectl, testTarget } from "#test/support/kubectl";

/** What charts can render; with fewer definitions the API server has less to do. */
const apis: CrdName[] = ["gateway-api", "prometheus-operator", "istio", "cnpg"];
const namespace = `optional-apis-${randomBytes(3).toString("hex")}`;
const names = (Object.keys(charts) as ChartName[]).filter((name) => name !== "mcp-mesh");
const exposable = names.filter((name) => "route" in charts[name].shape);

const network = {
  ingress: ["caller", "release-check"],
  egress: [{ to: "callee", port: 8000 }],
  gateways: [{ namespace: "gateways", labels: { app: "gateway" } }],
  outside: [{ cidr: "203.0.113.7/32", port: 443 }],
};
const route = {
  parentRefs: [{ name: "public", namespace: "gateways", sectionName: "https" }],
  hostnames: ["agent.example.com", "*.agents.example.com"],
};
const ingressBy = (controller: string) => ({
  className: "public",
  controller,
  host: "agent.example.com",
  tlsSecret: "agent-certificate",
});

/** What the API server says to objects, without keeping any; unknown fields are errors. */
const submit = (objects: readonly unknown[]) =>
  kubectl(
    ["apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
  );

async function accepted(objects: readonly Rendered[]): Promise<void> {
  assert.ok(objects.length > 0);
  const answer = await submit(objects);
  assert.equal(answer.code, 0, answer.stderr);
}

const group = ({ apiVersion }: Rendered) => apiVersion.split("/")[0] ?? "";
const isLinkerds = (object: Rendered) => group(object) === "policy.linkerd.io";

describe("Objects of optional APIs", function () {
  this.timeout(120_000);
  let installed = false;

  before(async function () {
    this.timeout(600_000);
    const target = testTarget();
    if (!target) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    const failure = await installCrds(target.kubeconfig, apis).catch((error: Error) => error);
    if (failure?.name === "Unobtainable") {
      console.log(`      skipped: ${failure.message}`);
      return this.skip();
    }
    installed = true;
    assert.equal(failure, undefined);
    const made = await kubectl(["create", "namespace", namespace]);
    assert.equal(made.code, 0, made.stderr);
  });
  after(async function () {
    this.timeout(300_000);
    const target = testTarget();
    if (!target || !installed) return;
    await kubectl(["delete", "namespace", namespace, "--wait=false"]);
    await removeCrds(target.kubeconfig, apis);
  });

  for (const chart of exposable) {
    it(`are accepted from ${chart} with a route`, async () => {
      const objects = await render(chart, chart, { route, network }, namespace);
      assert.ok(objects.some(({ kind }) => kind === "HTTPRoute"));
      await accepted(objects);
    });
  }

  for (const controller of controllers) {
    it(`are accepted from the agent with an ingress for ${controller}`, async () => {
      for (const profile of ["stateless", "sessionful"]) {
        const values = { ingress: ingressBy(controller), profile, network };
        const objects = await render("agent", "agent", values, namespace);
        const found = objects.find(({ kind }) => kind === "Ingress");
        assert.equal(found?.spec.ingressClassName, "public");
        await accepted(objects);
      }
    });
  }

  /** What a chart renders in a service mesh, with each way to find metrics. */
  const inMesh = async (chart: ChartName, serviceMesh: string) => {
    const part = "network" in charts[chart].shape ? { network } : {};
    const values = ["none", "annotations", "operator"].map((monitoring) => ({
      global: { serviceMesh, monitoring },
      ...part,
    }));
    // The observability chart has no "none".
    const known = values.filter((each) => charts[chart].safeParse(each).success);
    const renderings = known.map((each) => render(chart, chart, each, namespace));
    return (await Promise.all(renderings)).flat();
  };

  for (const chart of names) {
    it(`are accepted from ${chart} in every service mesh, with every way to find metrics`, async () => {
      for (const serviceMesh of ["istio", "ambient", "linkerd"]) {
        await accepted((await inMesh(chart, serviceMesh)).filter((each) => !isLinkerds(each)));
      }
    });
  }

  it("are accepted from every chart as Linkerd's policies", async function () {
    assert.ok((await inMesh("agent", "linkerd")).some(isLinkerds));
    console.log("      skipped: no package registry serves the schemas of policy.linkerd.io");
    this.skip();
  });

  it("are accepted from postgres when CloudNativePG runs it", async () => {
    const backup = { objectStore: "backups" };
    const values = { mode: "cnpg", cnpg: { backup }, global: { monitoring: "operator" }, network };
    const objects = await render("postgres", "postgres", values, namespace);
    const kinds = new Set(objects.map(({ kind }) => kind));
    assert.ok(kinds.has("Cluster") && kinds.has("ScheduledBackup"));
    await accepted(objects);
  });

  it("are accepted from observability with all its parts", async () => {
    for (const monitoring of ["annotations", "operator"]) {
      const values = { global: { monitoring }, grafana: { admin: { existingSecret: "grafana" } } };
      const objects = await render("observability", "observability", values, namespace);
      const rules = objects.some(({ kind }) => kind === "PrometheusRule");
      assert.equal(rules, monitoring === "operator");
      await accepted(objects);
    }
  });

  it("are accepted from observability for an operator's Alertmanager", async () => {
    const alertmanager = { configSecret: { name: "routes", namespace } };
    const values = { global: { monitoring: "operator" }, alertmanager };
    const objects = await render("observability", "observability", values, namespace);
    assert.ok(objects.some(({ kind }) => kind === "Secret"));
    await accepted(objects);
  });

  it("are accepted as kube-prometheus-stack would make them of its values", async () => {
    const settings = kubePrometheusStack.parse({ mode: "kube-prometheus-stack", crds: "present" });
    const args = kubePrometheusStackArgs(settings, namespace, {}, globalPart.parse({}));
    const { prometheus, alertmanager } = valuesOf(args as KubePrometheusStackArgs, "admin");
    // Its templates hand these on as they are, and make the rest of them.
    const { podAntiAffinity: _hard, storageSpec: storage, ...server } = prometheus.prometheusSpec;
    const handedOn = Object.entries(server).filter(([key]) => !key.endsWith("NilUsesHelmValues"));
    const {
      podAntiAffinity: _too,
      useExistingSecret: _it,
      ...alerts
    } = alertmanager.alertmanagerSpec;
    const apiVersion = "monitoring.coreos.com/v1";
    const metadata = { name: "kube-prometheus-stack", namespace };
    const spec = { ...Object.fromEntries(handedOn), storage };
    await accepted([
      { apiVersion, kind: "Prometheus", metadata, spec },
      { apiVersion, kind: "Alertmanager", metadata, spec: alerts },
    ] as Rendered[]);
  });

  for (const stack of ["dev", "staging", "prod"]) {
    it(`are accepted from the umbrella as ${stack} with everything switched on`, async () => {
      const file = join(projectRoot, `charts/mcp-mesh/values-${stack}.yaml`);
      const values = parse(readFileSync(file, "utf8"));
      values.global = { ...values.global, serviceMesh: "istio", monitoring: "operator" };
      values.agent = { ...values.agent, route };
      await accepted(await render("mcp-mesh", "mcp-mesh", values, namespace));
    });
  }

  it("are refused with a field that their API does not know", async () => {
    const everything = {
      mode: "mesh",
      route,
      network,
      global: { serviceMesh: "istio", monitoring: "operator" },
    };
    const objects = await render("agent", "agent", everything, namespace);
    const kinds = ["HTTPRoute", "PeerAuthentication", "AuthorizationPolicy", "ServiceMonitor"];
    const optional = objects.filter(({ kind }) => kinds.includes(kind));
    assert.equal(optional.length, kinds.length);
    for (const object of optional) {
      const wrong = structuredClone(object);
      wrong.spec.selectro = {};
      const answer = await submit([wrong]);
      assert.notEqual(answer.code, 0, object.kind);
      assert.match(answer.stderr, /selectro/, object.kind);
    }
  });

  it("are refused with a value that their schema forbids", async () => {
    const objects = await render("agent", "agent", { route, network }, namespace);
    const found = objects.find(({ kind }) => kind === "HTTPRoute");
    assert.ok(found);
    found.spec.rules[0].timeouts.request = "for ever";
    const answer = await submit([found]);
    assert.notEqual(answer.code, 0);
    assert.match(answer.stderr, /timeouts\.request/);
  });
});
