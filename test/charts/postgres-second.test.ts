import assert from "node:assert/strict";
import { databaseBackup } from "#config/charts/postgres";
import { isHook, type Rendered, render, theOnly } from "#test/support/charts";

const s3 = {
  endpoint: "s3.example.com",
  region: "eu",
  bucket: "backups",
  credentialsSecret: "keys",
};
const outside = [{ cidr: "203.0.113.7/32", port: 443 }];

const objectsOf = async (second: object, more: object = {}): Promise<Rendered[]> =>
  (await render("postgres", "postgres", { backup: { size: "9Gi", second }, ...more })).filter(
    (object) => !isHook(object),
  );
const settings = (objects: Rendered[]) => theOnly(objects, "ConfigMap").data?.["second.conf"] ?? "";
const podOf = (objects: Rendered[]) => theOnly(objects, "StatefulSet").spec.template.spec;
const containerOf = (objects: Rendered[], name: string) =>
  [...podOf(objects).initContainers, ...podOf(objects).containers].find(
    (one: { name: string }) => one.name === name,
  );

describe("the postgres chart's second repository", function () {
  this.timeout(120_000);

  it("is on a claim that is there, where the server archives and the backups are made", async () => {
    const objects = await objectsOf({ claim: "elsewhere" });
    assert.match(settings(objects), /^repo2-path=\/var\/lib\/mcp-mesh\/second$/m);
    for (const name of ["postgres", "backup", "restore"]) {
      const mounts: { name: string }[] = containerOf(objects, name).volumeMounts;
      assert.ok(
        mounts.some((mount) => mount.name === "second"),
        name,
      );
    }
    const { env } = containerOf(objects, "backup");
    assert.equal(env.find((one: { name: string }) => one.name === "REPOSITORIES").value, "1 2");
  });

  it("is in a bucket, whose keys nobody but the restore sees", async () => {
    const given = { s3: { ...s3, caSecret: "ca" }, encryptionSecret: "passphrase" };
    const objects = await objectsOf(given, { network: { outside } });
    for (const line of [
      "repo2-type=s3",
      "repo2-path=/postgres",
      "repo2-s3-endpoint=s3.example.com",
      "repo2-storage-port=443",
      "repo2-s3-uri-style=host",
      "repo2-cipher-type=aes-256-cbc",
      "repo2-retention-full=4",
    ]) {
      assert.ok(settings(objects).split("\n").includes(line), line);
    }
    const names = ["passphrase-second", "second-ca", "second-credentials"];
    for (const name of ["postgres", "backup", "restore"]) {
      const found = containerOf(objects, name)
        .volumeMounts.map((mount: { name: string }) => mount.name)
        .filter((mount: string) => names.includes(mount));
      assert.deepEqual(found.toSorted(), name === "restore" ? names : [], name);
    }
  });

  it("has the same defaults as the schema says", async () => {
    const { second } = databaseBackup.parse({ size: "9Gi", second: { s3 } });
    const text = settings(await objectsOf({ s3 }, { network: { outside } }));
    assert.match(text, new RegExp(`^repo2-retention-full=${second?.retentionFull}$`, "m"));
    assert.match(text, new RegExp(`^repo2-storage-port=${second?.s3?.port}$`, "m"));
    assert.match(text, new RegExp(`^repo2-path=${second?.s3?.path}$`, "m"));
    assert.match(text, new RegExp(`^repo2-s3-uri-style=${second?.s3?.uriStyle}$`, "m"));
  });

  it("is one of both, and is let through to its bucket", async () => {
    await assert.rejects(objectsOf({ retentionFull: 2 }), /name one of them/);
    await assert.rejects(objectsOf({ claim: "elsewhere", s3 }), /name one of them/);
    await assert.rejects(objectsOf({ s3 }), /network\.outside/);
  });

  it("leaves a restore to go back to a time or to a point, not to both", async () => {
    const point = "before-migration-2-at-20261123T091500Z";
    const restored = await render("postgres", "postgres", { restore: { claim: "other", point } });
    const { env } = containerOf(
      restored.filter((object) => !isHook(object)),
      "restore",
    );
    assert.ok(env.some((one: { name: string; value: string }) => one.value === point));
    const both = { restore: { claim: "other", point, target: "2026-11-22T18:30:00Z" } };
    await assert.rejects(render("postgres", "postgres", both), /name one of them/);
  });
});
