import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { FileBackend } from "#local/engine/backend";
import {
  checkIntegrity,
  decodeDeployment,
  encodeCheckpoint,
  parseCheckpoint,
} from "#local/engine/checkpoint";
import { breakLocks, takeLock } from "#local/engine/lock";
import { PassphraseSecrets } from "#local/engine/secrets";
import { isStack, type Resource } from "#local/engine/state";
import { Secret } from "#local/engine/value";

const fixture = new URL("../fixtures/engine-sample/", import.meta.url);
const read = (name: string) => readFile(new URL(name, fixture), "utf8");

describe("a checkpoint that the Pulumi CLI wrote", () => {
  let text: string;
  let secrets: PassphraseSecrets;
  before(async () => {
    text = await read("checkpoint.json");
    const salt = parseCheckpoint(text).secrets_providers?.state?.salt ?? "";
    secrets = await PassphraseSecrets.open(salt, "test");
  });

  it("is read, its secrets too", () => {
    const { resources, pending } = decodeDeployment(parseCheckpoint(text), secrets);
    assert.equal(pending.length, 0);
    const outputs = resources.find(isStack)?.outputs;
    assert.deepEqual(outputs?.obj, {
      a: 1,
      b: [true, null, "s"],
      nested: { secret: new Secret("inner") },
    });
    assert.match(String((outputs?.password as Secret).value), /^[A-Za-z0-9]{20}$/);
  });

  it("is written again field by field as it was, but for fresh ciphertexts", () => {
    const snapshot = decodeDeployment(parseCheckpoint(text), secrets);
    const again = encodeCheckpoint("organization/engfacts/dev", snapshot, secrets);
    const open = (source: string) => {
      const file = JSON.parse(source);
      delete file.checkpoint.latest.manifest;
      return JSON.stringify(file, (_key, value) =>
        value?.ciphertext === undefined ? value : { secret: secrets.decrypt(value.ciphertext) },
      );
    };
    assert.equal(open(again), open(text));
    const { manifest } = parseCheckpoint(again);
    assert.ok(manifest?.magic && manifest.version);
  });

  it("stays shut to a wrong passphrase", async () => {
    await assert.rejects(PassphraseSecrets.open(secrets.state, "wrong"), /incorrect passphrase/);
  });

  it("has a stack file whose secrets open with the same passphrase", async () => {
    const salt = /encryptionsalt: (\S+)/.exec(await read("Pulumi.dev.yaml"))?.[1] ?? "";
    const ciphertext = /secure: (\S+)/.exec(await read("Pulumi.dev.yaml"))?.[1] ?? "";
    const key = await PassphraseSecrets.open(salt, "test");
    assert.ok(key.decrypt(ciphertext).length > 0);
  });
});

describe("the integrity of state", () => {
  const base = {
    type: "t:i:T",
    custom: false,
    inputs: {},
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    additionalSecretOutputs: [],
    initErrors: [],
  };
  const resource = (urn: string, extra: Partial<Resource> = {}): Resource => ({
    ...base,
    urn,
    ...extra,
  });

  it("wants what is needed before what needs it", () => {
    const child = resource("child", { parent: "parent" });
    assert.throws(() => checkIntegrity([child, resource("parent")]), /child stands before parent/);
    checkIntegrity([resource("parent"), child]);
  });

  it("wants one living resource for a URN", () => {
    assert.throws(() => checkIntegrity([resource("a"), resource("a")]), /twice/);
    checkIntegrity([resource("a", { delete: true }), resource("a")]);
  });
});

describe("the file backend", () => {
  let folder: string;
  let backend: FileBackend;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "backend-"));
    backend = await FileBackend.open(`file://${folder}`, "p", "/");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("lays its files out as the CLI does, the state before an operation beside the new", async () => {
    await backend.save("dev", "one");
    const next = await FileBackend.open(`file://${folder}`, "p", "/");
    await next.save("dev", "half way");
    await next.save("dev", "two");
    const stacks = join(folder, ".pulumi/stacks/p");
    assert.deepEqual((await readdir(stacks)).sort(), ["dev.json", "dev.json.bak"]);
    assert.equal(await readFile(join(stacks, "dev.json.bak"), "utf8"), "one");
    assert.equal(await backend.load("dev"), "two");
    assert.equal(await readFile(join(folder, ".pulumi/meta.yaml"), "utf8"), "version: 1\n");
  });

  it("refuses other backends with a sentence", async () => {
    await assert.rejects(FileBackend.open("s3://bucket", "p", "/"), /keeps state in files only/);
  });

  it("lets one operation at a time have a stack", async () => {
    const locks = backend.lockFolder("dev");
    const release = await takeLock(locks, () => undefined);
    await assert.rejects(
      takeLock(locks, () => undefined),
      /locked by 1 lock\(s\)[^]*pid \d+/,
    );
    await release();
    await (await takeLock(locks, () => undefined))();
    assert.deepEqual(await readdir(locks), []);
  });

  it("takes over the lock of a dead process of this machine, and says so", async () => {
    const locks = backend.lockFolder("dev");
    const release = await takeLock(locks, () => undefined);
    const [name = ""] = await readdir(locks);
    const lock = JSON.parse(await readFile(join(locks, name), "utf8"));
    const dead = { ...lock, pid: 2 ** 22 + 1 };
    await writeFile(join(locks, name), JSON.stringify(dead));
    const notes: string[] = [];
    await (await takeLock(locks, (line) => notes.push(line)))();
    assert.match(notes[0] ?? "", /Took over the lock of process 4194305/);
    await writeFile(join(locks, name), JSON.stringify({ ...dead, hostname: `${hostname()}x` }));
    await assert.rejects(
      takeLock(locks, () => undefined),
      /locked/,
    );
    assert.equal(await breakLocks(locks), 1);
    await release();
  });
});
