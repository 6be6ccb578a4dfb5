import assert from "node:assert/strict";
import { archived, backedUp, loseVolume, measured, small } from "#test/data/drill";
import { lend } from "#test/data/lend";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";

/** Rows with known times, each a commit of its own, for about three seconds. */
const TICKS = `i=0; while [ $i -lt 30 ]; do i=$((i+1))
  echo "INSERT INTO ticks DEFAULT VALUES; SELECT pg_sleep(0.1);"
  done | psql -U postgres -d registry -XAtq -v ON_ERROR_STOP=1`;
const SECOND = `SELECT to_char(date_trunc('second', max(at)) AT TIME ZONE 'UTC',
  'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM ticks`;

describe("a database on its second timeline", function () {
  this.timeout(600_000);
  let databases: Databases;
  let elsewhere: Databases;
  let returned: () => Promise<void>;
  const targets: string[] = [];
  const sql = (statement: string, of = databases, release = "postgres") =>
    of.sql(release, statement);
  const tick = async () => {
    const shell = ["exec", "postgres-0", "-c", "postgres", "--", "sh", "-c", TICKS];
    await databases.kubectl(...shell);
    targets.push(await sql(SECOND));
  };
  /** What there was at that time: the log's own time of each commit counts, not the row's. */
  const ticksUntil = (target: string) =>
    sql(`SELECT string_agg(n::text, ' ' ORDER BY n), max(line) FROM ticks
      WHERE pg_xact_commit_timestamp(xmin) <= '${target}'`);
  const ticks = (of: Databases, release: string) =>
    sql("SELECT string_agg(n::text, ' ' ORDER BY n), max(line) FROM ticks", of, release);

  const restore = async (of: Databases, release: string, claim: string, target: string) => {
    const since = Date.now();
    await of.install(release, {
      ...small,
      backup: undefined,
      settings: { track_commit_timestamp: "on" },
      restore: { claim, target, encryptionSecret: "lent" },
      network: { ingress: [] },
    });
    return of.recovery(release, since);
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", { ...small, settings: { track_commit_timestamp: "on" } });
    await sql(`CREATE TABLE ticks (n serial, at timestamptz DEFAULT clock_timestamp(),
        line text DEFAULT substr(pg_walfile_name(pg_current_wal_lsn()), 8, 1));
      CREATE TABLE acknowledged (n int); ALTER TABLE acknowledged OWNER TO registry`);
    await backedUp(databases);
  });
  after(async () => {
    await returned?.();
    await elsewhere?.remove();
    await databases?.remove();
  });

  it("came there from a backup taken while it was written to, with all that was archived", async () => {
    const { acknowledged, ended } = databases.writer("postgres");
    await eventually("some rows are acknowledged", 60, async () => acknowledged.length > 50);
    await databases.pgbackrest("--type=full", "backup");
    await tick();
    const safe = acknowledged.length;
    await archived(databases);
    const since = Date.now();
    const rto = await loseVolume(databases);
    await ended;
    const [kept, at] = (
      await sql(
        "SELECT count(*), extract(epoch FROM max(pg_xact_commit_timestamp(xmin))) FROM acknowledged",
      )
    ).split("|");
    assert.ok(Number(kept) >= safe, `${kept} rows are kept, of ${safe} that were archived`);
    const rows = await sql(
      "SELECT count(*) FROM acknowledged WHERE n > (SELECT count(*) FROM acknowledged)",
    );
    assert.equal(rows, "0", "no gap");
    const rpo = Math.max(0, since / 1000 - Number(at));
    measured({ drill: "loss of pod and volume under load", rto, rpo });
    await tick();
    await archived(databases);
    assert.equal(await sql("SELECT string_agg(DISTINCT line, ' ') FROM ticks"), "1 2");
  });

  it("is had as of a second of either, in a namespace of its own too, and is left alone", async () => {
    elsewhere = (await Databases.open())!;
    returned = await lend(databases, elsewhere);
    const [first = "", second = ""] = targets;
    const rtos = await Promise.all([
      restore(databases, "earlier", "postgres-backup", first),
      restore(elsewhere, "earlier", "lent", second),
    ]);
    assert.equal(await ticks(databases, "earlier"), await ticksUntil(first));
    assert.equal(await ticks(elsewhere, "earlier"), await ticksUntil(second));
    assert.match(await ticksUntil(first), /\|1$/);
    assert.match(await ticksUntil(second), /\|2$/);
    assert.notEqual(await ticksUntil(second), await ticks(databases, "postgres"));
    measured({ drill: "back to a second of an earlier timeline", rto: rtos[0], rpo: 0 });
    measured({ drill: "back to a second in another namespace", rto: rtos[1], rpo: 0 });
  });
});
