import assert from "node:assert/strict";
import { stringify } from "yaml";
import { fromCheckpoint } from "#policy/model/checkpoint";
import { readSource } from "#policy/model/manifests";
import { shown } from "#policy/model/subject";
import { CliFolder } from "./support/cli.ts";
import { compliantPod, kinds } from "./support/objects.ts";

const signature = "4dabf18193072939515e22adb298388d";
const encrypted = { [signature]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
const open = (value: unknown) => ({ ...encrypted, plaintext: JSON.stringify(value) });

const resource = (type: string, inputs: object, more: object = {}) => ({
  urn: `urn:pulumi:dev::mesh::${type}::a`,
  custom: true,
  type,
  inputs,
  ...more,
});
const secret = (data: unknown) =>
  resource("kubernetes:core/v1:Secret", {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "database", namespace: "mesh" },
    data,
  });
const pod = (more: object = {}) =>
  resource("kubernetes:core/v1:Pod", { metadata: { name: "a" } }, more);
const exported = (...resources: unknown[]) => ({ version: 3, deployment: { resources } });
const factsOf = (resource_: unknown) =>
  fromCheckpoint(exported(resource_))?.[0]?.subjects[0]?.pulumi;
const bodyOf = (resource_: unknown) => fromCheckpoint(exported(resource_))?.[0]?.subjects[0]?.body;

describe("a stack's state", () => {
  it("is told from manifests, as an export and as a file of the file backend", () => {
    const file = { version: 3, checkpoint: { stack: "dev", latest: { resources: [pod()] } } };
    assert.equal(fromCheckpoint(file)?.[0]?.path, "checkpoint.latest.resources[0].inputs");
    const [recorded] = fromCheckpoint(exported(pod())) ?? [];
    assert.equal(recorded?.path, "deployment.resources[0].inputs");
    assert.deepEqual(recorded?.subjects.map(shown), ["Pod a"]);
    for (const empty of [
      { deployment: {} },
      { checkpoint: {} },
      { checkpoint: { latest: null } },
    ]) {
      assert.deepEqual(fromCheckpoint({ version: 3, ...empty }), []);
    }
    for (const other of [null, [], 3, { version: 3 }, { deployment: { resources: [] } }]) {
      assert.equal(fromCheckpoint(other), undefined);
    }
  });

  it("has what policies see: no providers, components, reads, or what goes", () => {
    const left = (...resources: unknown[]) =>
      (fromCheckpoint(exported(...resources)) ?? []).flatMap(({ subjects }) => subjects.map(shown));
    assert.deepEqual(
      left(
        resource("pulumi:pulumi:Stack", {}, { custom: false }),
        resource("pulumi:providers:kubernetes", {}),
        resource("mcp-mesh:index:Agent", {}, { custom: false }),
        resource("kubernetes:yaml:ConfigFile", { file: "a.yaml" }, { custom: false }),
        pod({ external: true }),
        pod({ delete: true }),
        null,
        {},
        pod({ inputs: undefined }),
      ),
      ["ConfigFile (no name yet)", "Pod (no name yet)"],
    );
  });

  it("tells what only Pulumi knows of a resource", () => {
    const options = { protect: true, ignoreChanges: ["spec"] };
    assert.deepEqual(factsOf(pod(options)), { urn: pod().urn, ...options });
    assert.deepEqual(factsOf(pod()), { urn: pod().urn, protect: false, ignoreChanges: [] });
  });

  it("knows which fields of a Secret it holds in plain text", () => {
    const plain = (data: unknown) => factsOf(secret(data))?.plainFields;
    assert.deepEqual(plain({ user: "bWVzaA==", password: encrypted }), ["data.user"]);
    assert.deepEqual(plain({ user: open("bWVzaA==") }), []);
    assert.deepEqual(plain(encrypted), []);
    assert.deepEqual(plain(undefined), []);
    assert.deepEqual(plain("text"), []);
    const text = resource("kubernetes:core/v1:Secret", { stringData: { a: "b" } });
    assert.deepEqual(factsOf(text)?.plainFields, ["stringData.a"]);
  });

  it("shows rules the opened secrets, and a placeholder for what stays closed", () => {
    assert.deepEqual(bodyOf(secret(open({ a: "YQ==" })))?.data, { a: "YQ==" });
    const nested = (value: unknown) =>
      bodyOf(resource("kubernetes:core/v1:Pod", { spec: { list: [value, 2] } }))?.spec;
    assert.deepEqual(nested(open({ b: open(1) })), { list: [{ b: 1 }, 2] });
    assert.deepEqual(nested(encrypted), { list: ["[secret]", 2] });
    assert.deepEqual(nested({ ...encrypted, plaintext: "{" }), { list: ["{", 2] });
  });

  it("leaves out of a Secret what stays closed, so that nobody takes it for its content", () => {
    const closed = secret({ a: open("YQ=="), b: encrypted, c: "Yw==" });
    assert.deepEqual(bodyOf(closed)?.data, { a: "YQ==", c: "Yw==" });
    const whole = bodyOf(secret(encrypted)) ?? {};
    assert.ok(!("data" in whole) && !("stringData" in whole));
    assert.equal(whole.metadata?.name, "database");
  });

  it("tells where in the file an object stands", () => {
    const listed = resource("kubernetes:core/v1:PodList", { items: [{ metadata: { name: "b" } }] });
    const reading = readSource(JSON.stringify(exported(pod(), listed)));
    assert.ok("objects" in reading);
    assert.deepEqual(
      reading.objects.map(({ path }) => path),
      ["deployment.resources[0].inputs", "deployment.resources[1].inputs.items[0]"],
    );
  });
});

describe("policy check of a stack's state", function () {
  this.timeout(60_000);

  it("judges what manifests can't show, and names the resource", () => {
    const deployment = kinds.Deployment?.(compliantPod()) ?? {};
    const state = exported(
      resource("kubernetes:apps/v1:Deployment", deployment),
      secret({ user: "bWVzaA==", password: encrypted }),
    );
    const folder = new CliFolder({ "state.json": JSON.stringify(state) });
    try {
      const args = ["check", "--partial", "--format", "json", "state.json"];
      const found = folder
        .run(args)
        .stdout.trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      const k5 = found.filter(({ id }) => id === "K5");
      assert.equal(k5.length, 1);
      assert.equal(k5[0]?.path, "data.user");
      assert.equal(k5[0]?.urn, secret({}).urn);
      assert.ok(found.every(({ kind }) => kind !== "Deployment"));
    } finally {
      folder.remove();
    }
  });

  it("takes the same objects as manifests for the same", () => {
    const broken = kinds.Deployment?.(compliantPod()) as { spec: { template: { spec: object } } };
    Object.assign(broken.spec.template.spec, { hostPID: true });
    const state = exported(resource("kubernetes:apps/v1:Deployment", broken));
    const folder = new CliFolder({
      "state.json": JSON.stringify(state),
      "plain.yaml": stringify(broken),
    });
    try {
      const lines = (file: string) =>
        folder.run(["check", "--partial", file]).stdout.split("\n").slice(1, -2);
      assert.deepEqual(lines("state.json"), lines("plain.yaml"));
      assert.match(lines("state.json")[0] ?? "", /P2 .*hostPID/);
    } finally {
      folder.remove();
    }
  });
});
