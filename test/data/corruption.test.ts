import assert from "node:assert/strict";
import { archived, backedUp, loseVolume, measured, small } from "#test/data/drill";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";

interface Backup {
  error: boolean;
}

describe("a database with a corrupted page", function () {
  this.timeout(600_000);
  let databases: Databases;
  const sql = (statement: string) => databases.sql("postgres", statement);
  const all = () => sql("SELECT count(*), sum(n), max(length(filler)) FROM pages");
  const newest = async (): Promise<Backup> => {
    const [stanza] = JSON.parse(await databases.pgbackrest("info", "--output=json"));
    return stanza.backup.at(-1);
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", small);
    await sql("CREATE TABLE pages (n int, filler text)");
    await sql("INSERT INTO pages SELECT n, repeat('x', 500) FROM generate_series(1, 2000) n");
    await backedUp(databases);
    await databases.pgbackrest("--type=incr", "backup");
  });
  after(() => databases?.remove());

  it("is told of it by its checksums, where the page is read and where it is backed up", async () => {
    const file = await sql("CHECKPOINT").then(() => sql("SELECT pg_relation_filepath('pages')"));
    const spoil = `printf spoiled | dd of="$PGDATA/${file}" bs=8192 seek=3 conv=notrunc 2>/dev/null`;
    await databases.kubectl("exec", "postgres-0", "-c", "postgres", "--", "sh", "-c", spoil);
    // What it has in memory is whole.
    await databases.killServer("postgres");
    await databases.recovery("postgres", Date.now());
    await assert.rejects(all(), /invalid page in block 3 of relation/);
    const failures = "SELECT checksum_failures FROM pg_stat_database WHERE datname = 'registry'";
    assert.notEqual(await sql(failures), "0");

    await databases.pgbackrest("--type=incr", "backup");
    assert.equal((await newest()).error, true, "the backup says that it holds a bad page");
  });

  it("has all of it again from the backup before and the archive since", async () => {
    await sql("CREATE TABLE since (mark text); INSERT INTO since VALUES ('committed after')");
    // The backups' loop looks every five minutes, and when it has not yet.
    const look = ["exec", "postgres-0", "-c", "backup", "--", "rm", "-f", "/tmp/archive-looked"];
    await databases.kubectl(...look);
    await eventually("the loop lets the backup go", 120, async () => !(await newest()).error);
    await archived(databases);
    const rto = await loseVolume(databases);
    assert.equal(await all(), `2000|${(2000 * 2001) / 2}|500`);
    assert.equal(await sql("SELECT mark FROM since"), "committed after");
    measured({ drill: "corrupted page, restored from the backup before it", rto, rpo: 0 });
  });
});
