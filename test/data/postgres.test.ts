import assert from "node:assert/strict";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { getObjects } from "#test/support/kubectl";

const small = {
  requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "256Mi" },
};
const values = {
  storage: { size: "1Gi" },
  maxConnections: 20,
  resources: small,
  backup: { size: "1Gi", encryptionSecret: "passphrase" },
};

describe("the data of a PostgreSQL release with backups", function () {
  this.timeout(360_000);
  let databases: Databases;
  let target = "";
  const sql = (statement: string, release = "postgres") => databases.sql(release, statement);
  const marks = (release = "postgres") => sql("SELECT string_agg(mark, ' ') FROM marks", release);
  const mark = (text: string) => sql(`INSERT INTO marks VALUES ('${text}')`);
  const claims = async () =>
    (await getObjects("-n", databases.namespace, "pvc")).map(({ metadata }) => metadata.name);
  const says = (what: string, seconds: number, more = "") =>
    console.log(`      ${what}: writable again after ${seconds.toFixed(1)} s${more}`);

  /** Waits until all that is committed by now is in the repository. */
  const archived = async () => {
    const segment = await sql("SELECT pg_walfile_name(pg_switch_wal())");
    await eventually(`${segment} is archived`, 60, async () => {
      const last = await sql("SELECT last_archived_wal FROM pg_stat_archiver");
      return last >= segment;
    });
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", values);
    await eventually("the first full backup", 90, async () =>
      /full backup/.test(await databases.pgbackrest("info")),
    );
    await sql("CREATE TABLE marks (mark text); CREATE TABLE acknowledged (n int)");
    await sql("ALTER TABLE acknowledged OWNER TO registry");
    await mark("first");
    await databases.pgbackrest("--type=incr", "backup");
    await mark("second");
    target = await sql(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    );
    await mark("third");
    await archived();
  });
  after(() => databases?.remove());

  it("is there for its application, as helm test proves", async () => {
    assert.match(await databases.helm(["test", "postgres"]), /Succeeded/);
  });

  it("loses no acknowledged row when the server is killed", async () => {
    const { acknowledged, ended } = databases.writer("postgres");
    await eventually("some rows are acknowledged", 30, async () => acknowledged.length > 50);
    const since = Date.now();
    await databases.killServer("postgres");
    await ended;
    says("kill -9 of the server", await databases.recovery("postgres", since));
    const kept = new Set((await sql("SELECT n FROM acknowledged")).split("\n").map(Number));
    const lost = acknowledged.filter((n) => !kept.has(n));
    assert.deepEqual(lost, [], `of ${acknowledged.length} acknowledged`);
  });

  it("comes back by itself, with all that was archived, when pod and volume are lost", async () => {
    await mark("archived");
    await archived();
    await mark("fresh");
    const old = (await databases.pod("postgres")).metadata.uid;
    const since = Date.now();
    await databases.kubectl("delete", "pvc", "data-postgres-0", "--wait=false");
    await databases.killServer("postgres");
    await databases.kubectl("delete", "pod", "postgres-0", "--force", "--grace-period=0");
    const seconds = await databases.recovery("postgres", since, old);
    const found = await marks();
    const fresh = found.endsWith(" fresh");
    says("loss of the data volume", seconds, fresh ? "" : "; the row not yet archived is lost");
    assert.equal(found.replace(" fresh", ""), "first second third archived");
    assert.match(await sql("INSERT INTO marks VALUES ('after')"), /INSERT/);
  });

  it("goes back to a time in a second release, exactly, and leaves the first alone", async () => {
    const since = Date.now();
    await databases.install("earlier", {
      ...values,
      backup: undefined,
      restore: { claim: "postgres-backup", target, encryptionSecret: "passphrase" },
      network: { ingress: [] },
    });
    says("restore to a time", await databases.recovery("earlier", since));
    assert.equal(await marks("earlier"), "first second");
    assert.match(await marks(), /^first second third archived.* after$/);
    await databases.helm(["uninstall", "earlier"]);
  });

  it("stays when its release is uninstalled, and is found when it is installed again", async () => {
    const before = await marks();
    await databases.helm(["uninstall", "postgres", "--wait"]);
    assert.deepEqual((await claims()).toSorted(), [
      "data-earlier-0",
      "data-postgres-0",
      "postgres-backup",
    ]);
    const since = Date.now();
    await databases.install("postgres", values);
    says("installed again", await databases.recovery("postgres", since));
    assert.equal(await marks(), before);
  });
});
