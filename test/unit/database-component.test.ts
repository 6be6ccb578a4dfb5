import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Database, type DatabaseArgs } from "#components/database";
import type { Generations } from "#components/internal/generations";
import { keepData } from "#components/internal/protect";

interface Made {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  transforms: number;
}

/** What the component makes, and with how many transforms, and what it says of itself. */
async function make(args: Omit<DatabaseArgs, "namespace"> = {}) {
  const made: Made[] = [];
  let connection: Database["connection"] | undefined;
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs, transforms = [] }) => {
      made.push({ type, name, inputs, transforms: transforms.length });
      return { id: name, state: { ...inputs, result: "generated" } };
    },
    call: () => ({}),
  });
  await pulumi.runtime.runInPulumiStack(async () => {
    connection = new Database("db", { namespace: "mesh", ...args }).connection;
  });
  await pulumi.runtime.disconnect();
  return { made, connection, types: made.map(({ type }) => type.split(":").at(-1)) };
}

const external = { host: "far", port: 6000, name: "mesh", existingSecret: "login" };

describe("Database in each of its modes", () => {
  it("gives the same outputs, whoever runs it", async () => {
    const own = { port: 5432, name: "registry" };
    const turn = { ...own, user: "registry_a", existingSecret: "db-registry-a" };
    const owner = { ...own, existingSecret: "db-registry" };
    assert.deepEqual((await make()).connection, { host: "db", ...turn, caSecret: "db-tls" });
    assert.deepEqual((await make({ mode: "cnpg" })).connection, {
      host: "db-rw",
      ...owner,
      caSecret: "db-ca",
    });
    assert.deepEqual((await make({ mode: "external", external })).connection, external);
  });

  it("deploys nothing where somebody else runs it", async () => {
    const { types } = await make({ mode: "external", external });
    assert.deepEqual(types, ["Stack", "Database"]);
  });

  it("refuses to guess where that is", async () => {
    await assert.rejects(make({ mode: "external" }), /external must say how/);
  });

  it("hands its chart what it was given, and nothing that is its own business", async () => {
    const backup = { size: "9Gi" };
    const { made } = await make({ mode: "statefulset", backup, maxConnections: 77, protect: true });
    const chart = made.find(({ type }) => type.endsWith(":Chart"));
    const values = chart?.inputs.values as Record<string, unknown>;
    assert.deepEqual(
      [values.mode, values.backup, values.maxConnections],
      ["statefulset", backup, 77],
    );
    assert.deepEqual(
      ["protect", "external", "namespace"].filter((key) => key in values),
      [],
    );
  });

  it("makes a password of its own for each generation of the login, and uses the current one", async () => {
    const step = async (login?: Generations) => {
      const { made, connection } = await make({ login });
      const named = (type: string) =>
        made
          .filter((one) => one.type.endsWith(type) && one.name.startsWith("db-registry-"))
          .map(({ name }) => name)
          .toSorted();
      return [named(":RandomPassword"), named(":Secret"), connection?.user];
    };
    const [a, b] = ["db-registry-a", "db-registry-b"];
    assert.deepEqual(await step(), [["db-registry-1"], [a], "registry_a"]);
    const both = [
      ["db-registry-1", "db-registry-2"],
      [a, b],
    ];
    assert.deepEqual(await step({ current: 1, next: 2 }), [...both, "registry_a"]);
    assert.deepEqual(await step({ current: 2, previous: 1 }), [...both, "registry_b"]);
    assert.deepEqual(await step({ current: 2 }), [["db-registry-2"], [b], "registry_b"]);
    assert.deepEqual((await step({ current: 2, next: 3 }))[1], [a, b]);
  });

  it("changes nothing of its server at any step: the pod knows both turns from the beginning", async () => {
    const valuesAt = async (login: Generations) => {
      const { made } = await make({ login });
      return made.find(({ type }) => type.endsWith(":Chart"))?.inputs;
    };
    const rest = await valuesAt({ current: 1 });
    assert.deepEqual(await valuesAt({ current: 1, next: 2 }), rest);
    assert.deepEqual(await valuesAt({ current: 2, previous: 1 }), rest);
    assert.deepEqual(await valuesAt({ current: 2 }), rest);
  });

  it("gives CloudNativePG Secrets with the usernames that it asks for", async () => {
    const { made } = await make({ mode: "cnpg" });
    const secrets = made.filter(({ type }) => type.endsWith(":Secret"));
    assert.deepEqual(
      secrets.map(({ inputs }) => inputs.type),
      ["kubernetes.io/basic-auth", "kubernetes.io/basic-auth"],
    );
    const names = secrets.map(
      ({ inputs }) => /"username":"(\w+)"/.exec(JSON.stringify(inputs))?.[1],
    );
    assert.deepEqual(names, ["postgres", "registry"]);
  });
});

describe("the data of Database", () => {
  it("is protected by a transform on the component where asked for, and only there", async () => {
    const transforms = async (protect?: boolean) =>
      (await make({ protect })).made.find(({ name }) => name === "db")?.transforms;
    assert.deepEqual(
      [await transforms(true), await transforms(), await transforms(false)],
      [1, 0, 0],
    );
  });

  for (const [type, kept] of [
    ["kubernetes:apps/v1:StatefulSet", true],
    ["kubernetes:core/v1:PersistentVolumeClaim", true],
    ["kubernetes:core/v1:Secret", true],
    ["kubernetes:postgresql.cnpg.io/v1:Cluster", true],
    ["random:index/randomPassword:RandomPassword", true],
    ["kubernetes:core/v1:ConfigMap", false],
    ["kubernetes:core/v1:Service", false],
    ["mcp-mesh:index:Database", false],
  ] as const) {
    it(`${kept ? "is" : "is not"} in a ${type.split(":").at(-1)}`, async () => {
      const props = { a: 1 };
      const args = { custom: true, type, name: "a", props, opts: { ignoreChanges: ["b"] } };
      const changed = await keepData(args);
      assert.deepEqual(
        changed,
        kept
          ? { props, opts: { ignoreChanges: ["b"], protect: true, retainOnDelete: true } }
          : undefined,
      );
    });
  }

  for (const [what, type, props] of [
    [
      "password",
      "random:index/randomPassword:RandomPassword",
      { length: 32, keepers: { generation: "2" } },
    ],
    [
      "Secret",
      "kubernetes:core/v1:Secret",
      { metadata: { annotations: { "mcp-mesh.io/generation": "2" } } },
    ],
  ] as const) {
    it(`is not in a ${what} of one generation, which a rotation takes away`, async () => {
      assert.equal(await keepData({ custom: true, type, name: "a", props, opts: {} }), undefined);
    });
  }
});
