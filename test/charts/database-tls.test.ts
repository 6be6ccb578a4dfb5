import assert from "node:assert/strict";
import { render, theOnly } from "#test/support/charts";

describe("TLS between the registry and its database, as the charts render it", function () {
  this.timeout(60_000);
  const podOf = async (chart: string, kind: string, values: object = {}) =>
    theOnly(await render(chart, chart, values), kind).spec.template.spec;
  const volume = (pod: { volumes: { name: string; secret?: object }[] }, name: string) =>
    pod.volumes.find((one) => one.name === name)?.secret;

  it("is on in the server, with the Secret that the values name, and nothing else gets in", async () => {
    const pod = await podOf("postgres", "StatefulSet", { tls: { existingSecret: "mine" } });
    const args = pod.containers[0].args as string[];
    for (const setting of ["ssl=on", "ssl_min_protocol_version=TLSv1.3"]) {
      assert.ok(args.includes(setting), setting);
    }
    // PostgreSQL refuses a key of root's that others than its group may read.
    assert.deepEqual(volume(pod, "tls"), { secretName: "mine", defaultMode: 0o440 });
    const files = theOnly(await render("postgres", "postgres"), "ConfigMap").data;
    const lines = (files?.["pg_hba.conf"] as string)
      .split("\n")
      .filter((line) => /^host/.test(line));
    assert.ok(lines.length > 0);
    assert.deepEqual(
      lines.filter((line) => !line.startsWith("hostssl ")),
      [],
    );
  });

  it("is all that CloudNativePG's instances take", async () => {
    const objects = await render("postgres", "postgres", { mode: "cnpg" });
    const { postgresql } = theOnly(objects, "Cluster").spec;
    assert.equal(postgresql.pg_hba[0], "hostnossl all all all reject");
  });

  it("gives the registry the authorities, and never the server's key", async () => {
    const pod = await podOf("registry", "Deployment");
    const expected = [{ key: "ca.crt", path: "ca.crt" }];
    assert.deepEqual(volume(pod, "authority"), {
      secretName: "postgres-tls",
      defaultMode: 0o440,
      items: expected,
    });
    for (const { env } of [...pod.initContainers, ...pod.containers]) {
      const { value } = env.find(({ name }: { name: string }) => name === "DATABASE_CA_FILE");
      assert.equal(value, "/etc/mcp-mesh/authority/ca.crt");
    }
  });

  it("rests on the system's authorities where the values name none", async () => {
    const database = { host: "db.example.com", existingSecret: "login", caSecret: null };
    const pod = await podOf("registry", "Deployment", { database });
    const names = pod.containers[0].env.map(({ name }: { name: string }) => name);
    assert.deepEqual(
      names.filter((name: string) => /CA_FILE|TLS/.test(name)),
      [],
    );
    assert.equal(volume(pod, "authority"), undefined);
  });
});
