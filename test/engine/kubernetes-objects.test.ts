import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { kubectlPath } from "#local/engine/helm";
import { containsSecret, type Props, reveal, Secret } from "#local/engine/value";
import { clusterOrSkip, configMap, openCluster, Subject } from "#test/engine/kubernetes-support";

describe("Kubernetes objects on a real API server", function () {
  this.timeout(60_000);
  let cluster: Awaited<ReturnType<typeof openCluster>>;
  let kubectl: (...args: string[]) => string;
  const map = (name: string, data: Props, more: Props = {}) =>
    configMap(cluster.namespace, name, data, more);
  const forced = { annotations: { "pulumi.com/patchForce": "true" } };

  before(async function () {
    const kubeconfig = clusterOrSkip(this);
    cluster = await openCluster(kubeconfig);
    const path = await kubectlPath();
    kubectl = (...args) =>
      execFileSync(path, ["--kubeconfig", kubeconfig, "-n", cluster.namespace, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
  });
  after(() => cluster?.close());

  it("are created, read, changed and deleted", async () => {
    const cm = cluster.subject("core/v1:ConfigMap", "life");
    const previewed = await cm.create(map("life", { a: "1" }), { preview: true });
    assert.equal(previewed.id, "");
    assert.deepEqual(previewed.outputs.data, { a: "1" });
    assert.equal(await cm.read(), undefined);

    await cm.create(map("life", { a: "1", b: "2" }));
    assert.equal(cm.id, `${cluster.namespace}/life`);
    assert.match(String(cm.outputs.__fieldManager), /^pulumi-kubernetes-[0-9a-f]{8}$/);
    assert.deepEqual(cm.outputs.__inputs, cm.inputs);
    assert.deepEqual((await cm.read())?.outputs, cm.outputs);

    await cm.update(map("life", { a: "3" }), { preview: true });
    assert.deepEqual((await cm.read())?.outputs.data, { a: "1", b: "2" });
    await cm.update(map("life", { a: "3" }));
    assert.deepEqual((await cm.read())?.outputs.data, { a: "3" });

    await cm.delete();
    assert.equal(await cm.read(), undefined);
    await cm.delete();
  });

  it("keep their secrets secret in outputs, and plain in the cluster", async () => {
    const secret = cluster.subject("core/v1:Secret", "secret");
    const metadata = { name: "secret", namespace: cluster.namespace };
    const stringData = { password: new Secret("hunter2") };
    await secret.create({ apiVersion: "v1", kind: "Secret", metadata, stringData });
    assert.ok(secret.outputs.data instanceof Secret);
    assert.deepEqual(reveal(secret.outputs.data), { password: "aHVudGVyMg==" });
    assert.equal(JSON.stringify(reveal(secret.outputs)).includes("hunter2"), false);
    assert.equal(
      kubectl("get", "secret", "secret", "-o", "jsonpath={.data.password}"),
      "aHVudGVyMg==",
    );
    assert.ok(containsSecret((await secret.read())?.inputs ?? {}));
    assert.equal((await secret.live())?.inputs, secret.inputs);
  });

  it("are adopted when this resource made them before a crash, and by nobody else", async () => {
    const first = cluster.subject("core/v1:ConfigMap", "mine");
    await first.create(map("mine", { a: "1" }));
    const again = cluster.subject("core/v1:ConfigMap", "mine");
    await again.create(map("mine", { a: "2" }));
    const live = await again.read();
    assert.deepEqual(live?.outputs.data, { a: "2" });
    const { uid } = first.outputs.metadata as Props;
    assert.equal((live?.outputs.metadata as Props).uid, uid);

    assert.equal((await again.find())?.id, `${cluster.namespace}/mine`);
    const other = cluster.subject("core/v1:ConfigMap", "other");
    other.inputs = (await other.check(map("mine", {}))).inputs;
    assert.equal(await other.find(), undefined);
    await assert.rejects(
      other.create(map("mine", { a: "3" })),
      /ConfigMap .*\/mine exists already .*alias.*import.*delete it.*patchForce/,
    );
    await other.create(map("mine", { a: "3" }, forced));
    assert.deepEqual((await again.read())?.outputs.data, { a: "3" });
  });

  it("tell which manager holds a field that they want, and take it when told to", async () => {
    const cm = cluster.subject("core/v1:ConfigMap", "shared");
    await cm.create(map("shared", { a: "1" }));
    const file = JSON.stringify(map("shared", { a: "theirs" }));
    const patch = ["patch", "cm", "shared", "--type=merge", "-p", file];
    kubectl(...patch, "--field-manager=operator");
    await assert.rejects(
      cm.update(map("shared", { a: "2" })),
      /ConfigMap .*\/shared: another manager owns data\.a \(set by "operator"\).*patchForce/,
    );
    await cm.update(map("shared", { a: "2" }, forced));
    assert.deepEqual((await cm.read())?.outputs.data, { a: "2" });
  });

  it("show what a person changed by hand, and take it back", async () => {
    const cm = cluster.subject("core/v1:ConfigMap", "drifting");
    await cm.create(map("drifting", { a: "1", b: "2" }));
    const same = await cm.live();
    assert.equal(same?.outputs, cm.outputs);
    kubectl("label", "cm", "drifting", "theirs=1");
    kubectl("patch", "cm", "drifting", "--type=merge", "-p", '{"data":{"c":"added"}}');
    assert.equal((await cm.live())?.outputs, cm.outputs);

    kubectl("patch", "cm", "drifting", "--type=merge", "-p", '{"data":{"a":"9"}}');
    const drifted = await cm.live();
    assert.deepEqual(drifted?.inputs.data, { a: "9", b: "2" });
    await cm.update(map("drifting", { a: "1", b: "2" }));
    const data = (await cm.read())?.outputs.data as Props;
    assert.equal(data.a, "1");

    kubectl("delete", "cm", "drifting");
    assert.equal(await cm.live(), undefined);
  });

  it("drop what a client-side creator had set and the program no longer does", async () => {
    const seed = map("former", { a: "1", old: "1" });
    execFileSync(
      await kubectlPath(),
      [
        "--kubeconfig",
        process.env.TEST_KUBECONFIG ?? "",
        "create",
        "--field-manager=pulumi-kubernetes",
        "-f",
        "-",
      ],
      {
        input: JSON.stringify(seed),
      },
    );
    const cm = cluster.subject("core/v1:ConfigMap", "former");
    cm.inputs = (await cm.check(seed)).inputs;
    cm.id = `${cluster.namespace}/former`;
    cm.outputs = {
      ...cm.inputs,
      __inputs: cm.inputs,
      __fieldManager: "pulumi-kubernetes-00000001",
    };
    await cm.update(map("former", { a: "2" }));
    assert.deepEqual((await cm.read())?.outputs.data, { a: "2" });
  });

  it("send ignored fields with the value that they have now", async () => {
    const cm = cluster.subject("core/v1:ConfigMap", "ignored");
    await cm.create(map("ignored", { a: "1", b: "1" }));
    const patch = ["patch", "cm", "ignored", "--type=merge", "-p", '{"data":{"a":"theirs"}}'];
    kubectl(...patch, "--field-manager=operator");
    await cm.update(map("ignored", { a: "1", b: "2" }), { ignoreChanges: ["data.a"] });
    assert.deepEqual((await cm.read())?.outputs.data, { a: "theirs", b: "2" });
  });

  it("wait for a namespace that is still to come", async () => {
    const name = `${cluster.namespace}-late`;
    const namespace = cluster.subject("core/v1:Namespace", "late");
    const cm = cluster.subject("core/v1:ConfigMap", "early");
    const creating = cm.create(configMap(name, "early", {}));
    await namespace.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    await creating;
    assert.equal(cm.id, `${name}/early`);
    await cm.delete();
    await namespace.delete();
  });

  it("may be of a kind that this run defines", async () => {
    const group = `${cluster.namespace}.example.com`;
    const crd = cluster.subject("apiextensions.k8s.io/v1:CustomResourceDefinition", "crd");
    await crd.create({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `gadgets.${group}` },
      spec: {
        group,
        scope: "Cluster",
        names: { kind: "Gadget", plural: "gadgets", singular: "gadget", listKind: "GadgetList" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
              },
            },
          },
        ],
      },
    });
    const gadget = cluster.subject(`${group}/v1:Gadget`, "g");
    const object = (spec: Props) => ({
      apiVersion: `${group}/v1`,
      kind: "Gadget",
      // The garbage collector learns of new kinds only after half a minute.
      metadata: {
        name: "g",
        annotations: { "pulumi.com/deletionPropagationPolicy": "background" },
      },
      spec,
    });
    await gadget.create(object({ size: 1 }));
    assert.equal(gadget.id, "g");
    await assert.rejects(gadget.update(object({ sise: 2 })), /sise/);
    await gadget.delete();
    await crd.delete();
  });

  it("are previewed by the server's own rules", async () => {
    const cm = cluster.subject("core/v1:ConfigMap", "bad");
    await assert.rejects(cm.create(map("Not_A_Name", {}), { preview: true }), /Not_A_Name/);
    const early = cluster.subject("core/v1:ConfigMap", "early");
    const inNoNamespace = configMap("nowhere-yet", "early", {});
    assert.deepEqual((await early.create(inNoNamespace, { preview: true })).outputs, inNoNamespace);
  });

  it("patch parts of objects that others own, and give them back", async () => {
    kubectl("create", "cm", "theirs", "--from-literal=a=1");
    const part = new Subject(cluster.provider, "kubernetes:core/v1:ConfigMapPatch", "part");
    await part.create(map("theirs", { b: "2" }));
    const rival = new Subject(cluster.provider, "kubernetes:core/v1:ConfigMapPatch", "rival");
    await assert.rejects(
      rival.create(map("theirs", { b: "3" })),
      /owns data\.b \(set by "pulumi-kubernetes-/,
    );
    assert.deepEqual(JSON.parse(kubectl("get", "cm", "theirs", "-o", "json")).data, {
      a: "1",
      b: "2",
    });
    await part.delete();
    assert.deepEqual(JSON.parse(kubectl("get", "cm", "theirs", "-o", "json")).data, { a: "1" });
  });
});
