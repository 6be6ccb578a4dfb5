import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKubernetesProvider } from "#local/engine/providers/kubernetes/index";
import { parseManifests } from "#local/engine/providers/kubernetes/manifests";
import { containsSecret, type Props, Secret, UNKNOWN } from "#local/engine/value";

const sample = join(import.meta.dirname, "../fixtures/engine-sample");

describe("rendered manifests", () => {
  it("read octal numbers, switches and nulls as Kubernetes does, and drop empty documents", async () => {
    const source =
      "apiVersion: v1\nkind: A\nmode: 0444\non: yes\nn: n\ngone: null\nday: 2026-01-02\nport: 80:80\n---\n# no\n---\n";
    assert.deepEqual(await parseManifests(source), [
      {
        apiVersion: "v1",
        kind: "A",
        mode: 292,
        true: true,
        false: false,
        day: "2026-01-02",
        port: "80:80",
      },
    ]);
  });

  it("take Lists apart", async () => {
    const item = (name: string) => `- {apiVersion: v1, kind: Pod, metadata: {name: ${name}}}`;
    const objects = await parseManifests(
      `apiVersion: v1\nkind: List\nitems:\n${item("a")}\n${item("b")}\n`,
    );
    assert.deepEqual(
      objects.map((object) => (object.metadata as Props).name),
      ["a", "b"],
    );
  });
});

describe("helm.v4.Chart without a cluster", function () {
  this.timeout(120_000);
  const provider = createKubernetesProvider();
  let folder = "";
  const write = (path: string, content: string) => writeFileSync(join(folder, path), content);
  const render = (args: Props, name = "web") =>
    provider.construct?.({
      urn: "urn",
      type: "kubernetes:helm.sh/v4:Chart",
      name,
      args: { chart: folder, ...args },
      preview: true,
    }) ?? Promise.reject(new Error("no construct"));

  before(async () => {
    await provider.configure({ kubeconfig: "does-not-exist", namespace: "fallback" });
    folder = mkdtempSync(join(tmpdir(), "chart-"));
    mkdirSync(join(folder, "templates"));
    mkdirSync(join(folder, "crds"));
    write("Chart.yaml", "apiVersion: v2\nname: demo\nversion: 0.1.0\n");
    write(
      "crds/widget.yaml",
      `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.x.io}
spec: {group: x.io, scope: Cluster, names: {kind: Widget, plural: widgets}, versions: []}
`,
    );
    write(
      "templates/all.yaml",
      `apiVersion: x.io/v1
kind: Widget
metadata: {name: w, annotations: {config.kubernetes.io/depends-on: "/namespaces/other/ConfigMap/c"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: other}
data: {password: {{ .Values.password }}, url: "http://u:{{ .Values.password }}@h", version: {{ .Capabilities.KubeVersion }}}
---
apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: v1
kind: Secret
metadata: {name: s, annotations: {helm.sh/resource-policy: keep}}
data: {password: {{ .Values.password | b64enc }}}
---
apiVersion: v1
kind: Pod
metadata: {name: hook, annotations: {helm.sh/hook: test}}
`,
    );
  });
  after(() => {
    provider.close?.();
    rmSync(folder, { recursive: true, force: true });
  });

  it("registers the same children as the real provider did", async () => {
    const checkpoint = JSON.parse(readFileSync(join(sample, "checkpoint.json"), "utf8"));
    const recorded = (checkpoint.checkpoint.latest.resources as { urn: string; inputs: Props }[])
      .filter(({ urn }) => urn.includes("Chart$"))
      .map(({ urn, inputs }) => ({ name: urn.split("::")[3], inputs }));
    const values = { replicas: 1, image: "localhost/pause:1" };
    const chart = join(sample, "chart");
    const children = await render({ chart, namespace: "engfacts", values }, "mychart");
    const byName = (a: { name?: string }, b: { name?: string }) =>
      `${a.name}` < `${b.name}` ? -1 : 1;
    const found = children.map(({ name, inputs }) => ({ name, inputs }));
    assert.deepEqual(found.sort(byName), recorded.sort(byName));
  });

  it("puts definitions, namespaces and depends-on targets first, and drops hooks", async () => {
    const children = await render({ values: { password: "x" } });
    const list = children.map(({ type, name, dependsOn }) => [type, name, dependsOn]);
    const core = "kubernetes:core/v1";
    const crd = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
    const sorted = [...list].sort((a, b) => (String(a) < String(b) ? -1 : 1));
    assert.deepEqual(sorted, [
      [crd, "web:widgets.x.io", []],
      [`${core}:ConfigMap`, "web:other/c", ["web:other"]],
      [`${core}:Namespace`, "web:other", []],
      [`${core}:Secret`, "web:fallback/s", []],
      ["kubernetes:x.io/v1:Widget", "web:w", ["web:widgets.x.io", "web:other/c"]],
    ]);
    const place = (name: string) => children.findIndex((child) => child.name === name);
    for (const child of children) {
      for (const need of child.dependsOn) assert.ok(place(need) < place(child.name));
    }
    assert.equal(children.find((child) => child.name === "web:fallback/s")?.retainOnDelete, true);
  });

  it("keeps secret values secret wherever they were rendered", async () => {
    const children = await render({ values: { password: new Secret("correct horse") } });
    const data = children.find((child) => child.name === "web:other/c")?.inputs.data as Props;
    assert.deepEqual(data.password, new Secret("correct horse"));
    assert.deepEqual(data.url, new Secret("http://u:correct horse@h"));
    assert.ok(!containsSecret(data.version ?? null));
    const secret = children.find((child) => child.name === "web:fallback/s");
    assert.ok(containsSecret(secret?.inputs ?? {}));
  });

  it("renders values that are not known yet as unknown", async () => {
    const children = await render({ values: { password: UNKNOWN } });
    const data = children.find((child) => child.name === "web:other/c")?.inputs.data as Props;
    assert.equal(data.password, UNKNOWN);
    const secret = children.find((child) => child.name === "web:fallback/s")?.inputs.data as Props;
    assert.equal(secret.password, UNKNOWN);
  });

  it("honours skipCrds, skipAwait and resourcePrefix", async () => {
    const args = {
      skipCrds: true,
      skipAwait: true,
      resourcePrefix: "p",
      values: { password: "x" },
    };
    const children = await render(args);
    assert.ok(children.every((child) => child.name.startsWith("p:")));
    assert.ok(!children.some((child) => child.type.includes("apiextensions")));
    const notes = children.map((child) => (child.inputs.metadata as Props).annotations as Props);
    assert.ok(notes.every((annotations) => annotations["pulumi.com/skipAwait"] === "true"));
  });

  it("refuses what it can't do, and repeats helm's own words", async () => {
    await assert.rejects(
      render({ postRenderer: { command: "x" } }),
      /does not support postRenderer/,
    );
    await assert.rejects(
      render({ chart: "./nowhere" }),
      /Chart web: helm could not render \.\/nowhere: .*nowhere/,
    );
  });
});
