import assert from "node:assert/strict";
import { archived, backedUp, lost, measured, small } from "#test/data/drill";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { getObjects } from "#test/support/kubectl";

describe("the data of a PostgreSQL release with backups", function () {
  this.timeout(600_000);
  let databases: Databases;
  const sql = (statement: string) => databases.sql("postgres", statement);
  const claims = async () =>
    (await getObjects("-n", databases.namespace, "pvc")).map(({ metadata }) => metadata.name);
  /** A writer that has begun. */
  const write = async () => {
    await sql("TRUNCATE acknowledged");
    const writer = databases.writer("postgres");
    await eventually("some rows are acknowledged", 60, async () => writer.acknowledged.length > 50);
    return writer;
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", small);
    await sql("CREATE TABLE acknowledged (n int); ALTER TABLE acknowledged OWNER TO registry");
    await backedUp(databases);
  });
  after(() => databases?.remove());

  it("is there for its application, as helm test proves", async () => {
    assert.match(await databases.helm(["test", "postgres"]), /Succeeded/);
  });

  it("loses no acknowledged row when the server is killed", async () => {
    const { acknowledged, ended } = await write();
    const since = Date.now();
    await databases.killServer("postgres");
    await ended;
    const rto = await databases.recovery("postgres", since);
    assert.deepEqual(await lost(databases, acknowledged), [], `of ${acknowledged.length}`);
    measured({ drill: "kill -9 of the server under load", rto, rpo: 0 });
  });

  it("ends in order when its pod is deleted, with nothing to recover and nothing lost", async () => {
    const { acknowledged, ended } = await write();
    const old = (await databases.pod("postgres")).metadata.uid;
    const since = Date.now();
    await databases.kubectl("delete", "pod", "postgres-0");
    await ended;
    const rto = await databases.recovery("postgres", since, old);
    const log = await databases.kubectl("logs", "postgres-0", "-c", "postgres");
    assert.match(log, /database system was shut down at/);
    assert.doesNotMatch(log, /was interrupted|automatic recovery/);
    assert.deepEqual(await lost(databases, acknowledged), [], `of ${acknowledged.length}`);
    measured({ drill: "planned restart under load", rto, rpo: 0 });
  });

  it("stays when its release is uninstalled, and is found when it is installed again", async () => {
    const before = await sql("SELECT count(*) FROM acknowledged");
    await archived(databases);
    await databases.helm(["uninstall", "postgres", "--wait"]);
    assert.deepEqual((await claims()).toSorted(), ["data-postgres-0", "postgres-backup"]);
    const since = Date.now();
    await databases.install("postgres", small);
    const rto = await databases.recovery("postgres", since);
    assert.equal(await sql("SELECT count(*) FROM acknowledged"), before);
    measured({ drill: "uninstalled and installed again", rto, rpo: 0 });
  });
});
