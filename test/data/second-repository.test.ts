import assert from "node:assert/strict";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";

const small = {
  requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "256Mi" },
};
const values = {
  storage: { size: "1Gi" },
  maxConnections: 20,
  resources: small,
  verification: { enabled: false },
  backup: {
    size: "1Gi",
    encryptionSecret: "passphrase",
    second: { claim: "second", encryptionSecret: "passphrase" },
  },
};

describe("the second repository of backups", function () {
  this.timeout(900_000);
  let databases: Databases;
  const sql = (statement: string) => databases.sql("postgres", statement);
  const inBackup = (script: string) =>
    databases.kubectl("exec", "postgres-0", "-c", "backup", "--", "sh", "-c", script);
  const told = async () => JSON.parse(await inBackup("cat /tmp/backups.json"));
  const fulls = async (repository: number): Promise<number> => {
    const [stanza] = JSON.parse(
      await databases.pgbackrest(`--repo=${repository}`, "--output=json", "info"),
    );
    return stanza.backup.filter(({ type }: { type: string }) => type === "full").length;
  };
  const gap = async (repository: string) =>
    (await told()).missing.find((one: { repository: string }) => one.repository === repository);

  /** Waits until all that is committed by now is in both repositories. */
  const archived = async () => {
    const segment = await sql("SELECT pg_walfile_name(pg_switch_wal())");
    await eventually(`${segment} is archived`, 180, async () => {
      return (await sql("SELECT last_archived_wal FROM pg_stat_archiver")) >= segment;
    });
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.apply({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "second", namespace: databases.namespace },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    await databases.install("postgres", values);
    await eventually("a full backup in each", 300, async () => {
      return (await fulls(1)) === 1 && (await fulls(2)) === 1;
    });
    await sql("CREATE TABLE marks (mark text)");
  });
  after(() => databases?.remove());

  it("has a gap of the first noticed, and closed by a full backup there alone", async () => {
    await sql("INSERT INTO marks VALUES ('first')");
    await archived();
    const lost = await sql("SELECT last_archived_wal FROM pg_stat_archiver");
    await archived();
    await inBackup(
      `rm /var/lib/mcp-mesh/repository/archive/main/*/*/${lost}-* /tmp/archive-looked`,
    );
    await eventually("the gap is closed", 300, async () => {
      const found = await gap("1");
      return found?.latest === 0 && found?.older === 1;
    });
    assert.match(
      await databases.kubectl("logs", "postgres-0", "-c", "backup"),
      /the archive of repository 1 has a gap/,
    );
    assert.deepEqual([await fulls(1), await fulls(2)], [2, 1]);
    assert.equal((await gap("2")).older, 0);
  });

  it("gives back all when the data and the first repository are lost together", async () => {
    await sql("INSERT INTO marks VALUES ('second')");
    await archived();
    const since = Date.now();
    await databases.kubectl("scale", "statefulset", "postgres", "--replicas=0");
    await databases.kubectl("wait", "--for=delete", "pod/postgres-0", "--timeout=300s");
    await databases.kubectl("delete", "pvc", "data-postgres-0", "postgres-backup");
    await databases.helm(["uninstall", "postgres", "--wait"]);
    await databases.install("postgres", values);
    const seconds = await databases.recovery("postgres", since);
    console.log(
      `      data and first repository lost: writable again after ${seconds.toFixed(1)} s`,
    );
    assert.equal(await sql("SELECT string_agg(mark, ' ') FROM marks"), "first second");
    await eventually("the first repository has a backup again", 300, async () => {
      return (await fulls(1)) === 1;
    });
  });
});
