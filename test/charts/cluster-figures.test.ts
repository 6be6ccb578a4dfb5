import assert from "node:assert/strict";
import { parse } from "yaml";
import { clusterMetrics } from "#observability/cluster-metrics";
import { ofKind, type Rendered, render } from "#test/support/charts";

interface Job {
  job_name: string;
  scheme?: string;
  honor_labels?: boolean;
  tls_config?: { ca_file?: string; insecure_skip_verify?: boolean };
  kubernetes_sd_configs?: { role: string }[];
  http_sd_configs?: { url: string }[];
  metric_relabel_configs?: { regex: string; action: string }[];
}

const NAME = "observability-kube-state-metrics";
const objectsOf = (values: object = {}): Promise<Rendered[]> =>
  render("observability", "observability", values);
const called = (objects: Rendered[], kind: string, name: string) =>
  ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
const jobsOf = (objects: Rendered[]): Job[] =>
  ofKind(objects, "ConfigMap").flatMap(({ data }) => {
    const text = data?.["prometheus.yml"];
    return text ? parse(text).scrape_configs : [];
  });
const kubeletsOf = (objects: Rendered[]) =>
  jobsOf(objects).filter(({ job_name }) => job_name.startsWith("kubelet"));
const nodes = { prometheus: { nodes: { scrape: true } } };

describe("the figures of the cluster", function () {
  this.timeout(60_000);

  it("about objects are told by a Role in the namespace, which reads what is told and changes nothing", async () => {
    const objects = await objectsOf();
    const args: string[] = called(objects, "Deployment", NAME)?.spec.template.spec.containers[0]
      .args;
    const flag = (name: string) =>
      args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? "";
    const { rules } = called(objects, "Role", NAME) as unknown as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    assert.deepEqual(
      rules.flatMap(({ resources }) => resources).toSorted(),
      flag("resources").split(","),
    );
    assert.deepEqual([...new Set(rules.flatMap(({ verbs }) => verbs))], ["list", "watch"]);
    assert.equal(flag("namespaces"), objects[0]?.metadata.namespace);
    assert.deepEqual(flag("metric-allowlist").split(","), clusterMetrics.objects);
    assert.equal(ofKind(objects, "ClusterRole").length, 0);
  });

  it("about objects are scraped once, with the pod and the namespace that they are about", async () => {
    const objects = await objectsOf();
    const job = jobsOf(objects).find(({ job_name }) => job_name === "kube-state-metrics");
    assert.equal(job?.honor_labels, true);
    const { annotations } = called(objects, "Deployment", NAME)?.spec.template.metadata ?? {};
    assert.equal(annotations?.["prometheus.io/scrape"], undefined);
  });

  it("of the nodes are off unless asked for, and need no rights then", async () => {
    assert.deepEqual(kubeletsOf(await objectsOf()), []);
    const objects = await objectsOf(nodes);
    assert.equal(kubeletsOf(objects).length, 2);
    const [role] = ofKind(objects, "ClusterRole") as unknown as {
      rules: { resources: string[]; verbs: string[] }[];
    }[];
    assert.deepEqual(role?.rules, [
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    ]);
  });

  it("of the nodes come from kubelets whose certificates are checked, from no other namespace", async () => {
    const objects = await objectsOf(nodes);
    const namespace = objects[0]?.metadata.namespace;
    for (const job of kubeletsOf(objects)) {
      assert.equal(job.scheme, "https");
      assert.match(job.tls_config?.ca_file ?? "", /ca\.crt$/);
      assert.equal(job.tls_config?.insecure_skip_verify, undefined);
      const [first] = job.metric_relabel_configs ?? [];
      assert.equal(first?.action, "keep");
      assert.ok(first?.regex.endsWith(`;${namespace}`), first?.regex);
      assert.deepEqual(job.kubernetes_sd_configs, [{ role: "node" }]);
    }
    const kept = kubeletsOf(objects).flatMap(({ metric_relabel_configs: [first] = [] }) =>
      (/^\((.*)\);/.exec(first?.regex ?? "")?.[1] ?? "").split("|"),
    );
    const wanted = [...(clusterMetrics.cadvisor ?? []), ...(clusterMetrics.kubelet ?? [])];
    assert.deepEqual(kept.toSorted(), wanted.toSorted());
  });

  it("of the nodes are found by the helper where Prometheus can't ask", async () => {
    const image = { registry: "ghcr.io", repository: "mcp-mesh/pod-discovery", tag: "0.1.0" };
    const objects = await objectsOf({ prometheus: { ...nodes.prometheus, discovery: { image } } });
    for (const { http_sd_configs } of kubeletsOf(objects)) {
      assert.deepEqual(
        http_sd_configs?.map(({ url }) => url),
        ["http://localhost:9091/nodes"],
      );
    }
  });

  it("are an operator's matter where there is one", async () => {
    const global = { monitoring: "operator" };
    const objects = await objectsOf({ global, ...nodes });
    assert.equal(called(objects, "Deployment", NAME), undefined);
    assert.equal(ofKind(objects, "ClusterRole").length, 0);
  });
});
