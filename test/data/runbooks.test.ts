import assert from "node:assert/strict";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { getObjects, kubectl } from "#test/support/kubectl";
import { followRunbook } from "#test/support/runbook";

const small = {
  requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "256Mi" },
};

interface Spec {
  claimRef?: { namespace: string };
}

describe("the runbooks, typed word by word", function () {
  this.timeout(660_000);
  let databases: Databases;
  const sql = (statement: string) => databases.sql("postgres", statement);
  const agents = () => sql("SELECT string_agg(name, ' ' ORDER BY name) FROM agents");
  const add = (name: string) => sql(`INSERT INTO agents VALUES ('${name}', '1', 'healthy')`);

  /** Types it, and prints how long that took. */
  const follow = async (name: string, given: Record<string, string> = {}) => {
    const since = Date.now();
    const { code, text } = await followRunbook(name, { NAMESPACE: databases.namespace, ...given });
    assert.equal(code, 0, text);
    console.log(`      ${name}: ${((Date.now() - since) / 1000).toFixed(1)} s, all of the page`);
    return text;
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", {
      storage: { size: "1Gi" },
      maxConnections: 20,
      resources: small,
      backup: { size: "1Gi", encryptionSecret: "passphrase" },
    });
    await eventually("the first full backup", 300, async () =>
      /full backup/.test(await databases.pgbackrest("info")),
    );
    await sql("CREATE TABLE agents (name text, version text, status text)");
    await add("before");
  });
  after(async () => {
    if (!databases) return;
    // What the commands keep, nobody else takes away.
    const volumes = await getObjects<{ metadata: { name: string }; spec: Spec }>("pv");
    const own = volumes.filter(({ spec }) => spec.claimRef?.namespace === databases.namespace);
    const patch = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: "Delete" } });
    for (const { metadata } of own) await kubectl(["patch", "pv", metadata.name, "-p", patch]);
    await databases.remove();
  });

  it("go back to a time, and keep what was written since on a volume of its own", async () => {
    const time = await sql(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    );
    await sql("DELETE FROM agents");
    await add("mistake");
    const text = await follow("Restore", { TIME: time });
    assert.match(text, /nothing stands against it/);
    assert.equal(await agents(), "before");
    assert.match(await databases.kubectl("get", "pvc"), /data-postgres-kept-\w+ +Bound/);
    assert.match(await databases.pgbackrest("info"), /wal start\/stop: 00000002/);
  });

  it("give the database a new volume, with all that was archived in the new timeline", async () => {
    await add("later");
    const segment = await sql("SELECT pg_walfile_name(pg_switch_wal())");
    await eventually("it is archived", 120, async () => {
      return (await sql("SELECT last_archived_wal FROM pg_stat_archiver")) >= segment;
    });
    const break_ = 'rm "$PGDATA/global/pg_control" && pg_ctl stop -m immediate';
    const shell = ["exec", "postgres-0", "-c", "postgres", "--", "sh", "-c", break_];
    await databases.kubectl(...shell).catch(() => "it ended with its container");
    await follow("LostVolume");
    assert.equal(await agents(), "before later");
  });

  it("change nothing where nothing is wrong", async () => {
    await assert.rejects(follow("LostVolume"), /takes writes, so its volume is there/);
    assert.equal(await agents(), "before later");
  });
});
