import assert from "node:assert/strict";
import fc from "fast-check";
import { createKubernetesProvider } from "#local/engine/providers/kubernetes/index";
import { normalize } from "#local/engine/providers/kubernetes/normalize";
import { canonicalQuantity } from "#local/engine/providers/kubernetes/quantity";
import {
  containsSecret,
  type Props,
  reveal,
  Secret,
  UNKNOWN,
  type Value,
} from "#local/engine/value";
import { Subject } from "#test/engine/kubernetes-support";

const secret = (more: Props): Props => ({ apiVersion: "v1", kind: "Secret", ...more });
const base64 = (value: string) => Buffer.from(value).toString("base64");

const value: fc.Arbitrary<Value> = fc.letrec<{ node: Value }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value>(null, true, "text", "0.5", "1024Mi", 3, UNKNOWN, new Secret("hidden")),
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom("limits", "requests", "hard", "data", "stringData", "name", "sizeLimit"),
      tie("node"),
      { maxKeys: 4 },
    ),
    tie("node").map((inner) => new Secret(inner)),
  ),
})).node;

const object = fc.record({
  apiVersion: fc.constantFrom("v1", "apps/v1", "example.com/v1"),
  kind: fc.constantFrom("Secret", "Deployment", "LimitRange", "Widget"),
  metadata: fc.dictionary(fc.constantFrom("name", "labels", "uid", "annotations"), value),
  spec: value,
  data: value,
  stringData: value,
});

describe("normal form of Kubernetes inputs", () => {
  it("is its own normal form", () => {
    fc.assert(
      fc.property(object, (given) => {
        const once = normalize(given as Props);
        assert.deepEqual(normalize(once), once);
      }),
      { numRuns: 500 },
    );
  });

  it("writes quantities as the API server does", () => {
    const cases: [string | number, string][] = [
      [0.01, "10m"],
      [1, "1"],
      ["1024Mi", "1Gi"],
      ["1.5Gi", "1536Mi"],
      ["0.5Gi", "512Mi"],
      ["1000m", "1"],
      ["1500m", "1500m"],
      ["128974848", "128974848"],
      ["129e6", "129e6"],
      ["129M", "129M"],
      ["1000Ki", "1000Ki"],
      ["512Ki", "512Ki"],
      ["0", "0"],
      ["0Mi", "0"],
      ["-1500m", "-1500m"],
      ["2000k", "2M"],
      ["0.5Ki", "512"],
      ["plenty", "plenty"],
    ];
    for (const [given, expected] of cases) assert.equal(canonicalQuantity(given), expected);
  });

  it("folds a Secret's stringData into its data, all of it secret", () => {
    const result = normalize(
      secret({ data: { a: base64("1") }, stringData: { b: new Secret("2") } }),
    );
    assert.ok(result.data instanceof Secret);
    assert.deepEqual(reveal(result), secret({ data: { a: base64("1"), b: base64("2") } }));
  });

  it("keeps what a Secret will hold unknown, and still secret", () => {
    const one = normalize(secret({ stringData: { a: UNKNOWN } }));
    assert.deepEqual(one.data, new Secret({ a: UNKNOWN }));
    assert.deepEqual(normalize(secret({ stringData: UNKNOWN })).data, new Secret(UNKNOWN));
  });

  it("hides a whole list that has a secret in it", () => {
    const env = [{ name: "A", value: new Secret("x") }];
    const result = normalize({ apiVersion: "v1", kind: "Pod", spec: { containers: env } });
    assert.ok((result.spec as Props).containers instanceof Secret);
    assert.ok(containsSecret(result));
  });

  it("drops nulls and read-only metadata, and leaves free-form maps alone", () => {
    const result = normalize({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "a",
        uid: "u",
        resourceVersion: "1",
        labels: { limits: "0.5" },
        annotations: null,
      },
      data: { requests: "1024Mi" },
      status: {},
    });
    assert.deepEqual(result, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", labels: { limits: "0.5" } },
      data: { requests: "1024Mi" },
    });
  });

  it("leaves custom resources as they are", () => {
    const widget = {
      apiVersion: "x.io/v1",
      kind: "Widget",
      spec: { limits: { cpu: 0.5 }, no: null },
    };
    assert.deepEqual(normalize(widget), widget);
  });
});

describe("checking Kubernetes inputs without a cluster", () => {
  const provider = createKubernetesProvider();
  before(() => provider.configure({ kubeconfig: "does-not-exist", namespace: "here" }));
  const map = (metadata: Props): Props => ({ apiVersion: "v1", kind: "ConfigMap", metadata });
  const subject = new Subject(provider, "kubernetes:core/v1:ConfigMap", "cfg");

  it("names an object after its resource and the seed, and says so in an annotation", async () => {
    const news = { apiVersion: "v1", kind: "ConfigMap" };
    const seed = Buffer.alloc(32, 0xab);
    const { inputs } = await provider.check({ ...subject, olds: undefined, news, seed });
    assert.deepEqual(inputs.metadata, {
      annotations: { "pulumi.com/autonamed": "true" },
      name: "cfg-abababab",
      namespace: "here",
    });
  });

  it("keeps an automatic name, and forgets a name that the program no longer gives", async () => {
    const first = (await subject.check(map({}))).inputs;
    const again = (await subject.check(map({}), first)).inputs;
    assert.deepEqual(again, first);
    const named = (await subject.check(map({ name: "given" }))).inputs;
    const { name } = (await subject.check(map({}), named)).inputs.metadata as Props;
    assert.match(String(name), /^cfg-[0-9a-f]{8}$/);
  });

  it("gives cluster-scoped kinds no namespace", async () => {
    const role = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "a" },
    };
    assert.deepEqual((await subject.check(role)).inputs.metadata, { name: "a" });
  });

  it("refuses generateName, List kinds, nameless patches, unreadable waits and what is no object", async () => {
    const reasons = async (type: string, news: Props) =>
      (await new Subject(provider, type, "x").check(news)).failures.map((f) => f.property);
    assert.deepEqual(
      await reasons("kubernetes:core/v1:Pod", { ...map({ generateName: "a-" }), kind: "Pod" }),
      ["metadata.generateName"],
    );
    assert.deepEqual(
      await reasons("kubernetes:core/v1:ConfigMapList", { ...map({}), kind: "ConfigMapList" }),
      ["kind"],
    );
    assert.deepEqual(await reasons("kubernetes:core/v1:ConfigMapPatch", map({})), [
      "metadata.name",
    ]);
    const badly = map({ name: "a", annotations: { "pulumi.com/waitFor": "for ever" } });
    assert.deepEqual(await reasons("kubernetes:core/v1:ConfigMap", badly), [
      'metadata.annotations["pulumi.com/waitFor"]',
    ]);
    assert.deepEqual(await reasons("kubernetes:helm.sh/v3:Release", { chart: "x" }), ["kind"]);
  });

  it("says of a Helm release, such as kube-prometheus-stack's, who can make it", async () => {
    const release = new Subject(provider, "kubernetes:helm.sh/v3:Release", "x");
    const [failure] = (await release.check({ chart: "x" })).failures;
    assert.match(
      failure?.reason ?? "",
      /helm\.v4\.Chart if it needs no hooks, or use the Pulumi CLI$/,
    );
  });

  it("predicts a create from the inputs alone", async () => {
    const created = await subject.create(map({ name: "a" }), { preview: true });
    assert.deepEqual(created, { id: "", outputs: map({ name: "a", namespace: "here" }) });
  });

  it("refuses an update with a sentence that names the missing kubeconfig", async () => {
    await assert.rejects(
      subject.create(map({ name: "a" })),
      /Kubernetes cluster is unreachable: no kubeconfig: does-not-exist is not there/,
    );
  });
});
