import assert from "node:assert/strict";
import { archived, backedUp, loseVolume, measured, small } from "#test/data/drill";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";

const ARCHIVE = "/var/lib/mcp-mesh/repository/archive/main";

describe("a database whose archive lost a segment", function () {
  this.timeout(600_000);
  let databases: Databases;
  const sql = (statement: string) => databases.sql("postgres", statement);
  const inside = (script: string) =>
    databases.kubectl("exec", "postgres-0", "-c", "backup", "--", "sh", "-c", script);
  const marks = () => sql("SELECT string_agg(mark, ' ' ORDER BY mark) FROM marks");
  const fulls = async () =>
    (await databases.pgbackrest("info")).match(/full backup: /g)?.length ?? 0;

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", small);
    await sql("CREATE TABLE marks (mark text); INSERT INTO marks VALUES ('a-before')");
    await backedUp(databases);
  });
  after(() => databases?.remove());

  it("notices the gap, and closes it by another full backup", async () => {
    assert.equal(await fulls(), 1);
    await sql("INSERT INTO marks VALUES ('b-in-the-gap')");
    const segment = await archived(databases);
    await sql("INSERT INTO marks VALUES ('c-behind-it')");
    await archived(databases);
    await inside(`rm ${ARCHIVE}/*/*/${segment}-*`);
    // The loop looks every few minutes; this one is due at once.
    await inside("rm -f /tmp/archive-looked");
    await eventually("a second full backup", 400, async () => (await fulls()) === 2);
  });

  it("loses nothing when its volume is lost then: no restore has to pass the gap", async () => {
    await sql("INSERT INTO marks VALUES ('d-after')");
    await archived(databases);
    const rto = await loseVolume(databases);
    assert.equal(await marks(), "a-before b-in-the-gap c-behind-it d-after");
    measured({ drill: "lost segment of the archive, then the volume", rto, rpo: 0 });
  });
});
