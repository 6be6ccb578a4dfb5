import assert from "node:assert/strict";
import { lost, measured, small } from "#test/data/drill";
import { SmallDisk } from "#test/data/small-disk";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";

const FULL = /No space left on device/;
const BALLAST = "/var/lib/mcp-mesh/data/ballast";

describe("a database whose disk is full", function () {
  this.timeout(600_000);
  let databases: Databases;
  let disk: SmallDisk;
  const sql = (statement: string) => databases.sql("postgres", statement);
  const inside = (...command: string[]) =>
    databases.kubectl("exec", "postgres-0", "-c", "postgres", "--", ...command);
  const logs = async (...more: string[]) =>
    databases.kubectl("logs", "postgres-0", "-c", "postgres", ...more).catch(() => "");

  /** Rows that were acknowledged while the disk filled up. */
  const fill = async () => {
    await sql("TRUNCATE acknowledged");
    const { acknowledged, ended } = databases.writer("postgres");
    await eventually("some rows are acknowledged", 60, async () => acknowledged.length > 50);
    await inside("sh", "-c", `dd if=/dev/zero of=${BALLAST} bs=64k 2>/dev/null || true`);
    await ended;
    return acknowledged;
  };
  const writable = async (since: number) => {
    await eventually("it takes writes", 300, () => sql("INSERT INTO acknowledged VALUES (0)"));
    return (Date.now() - since) / 1000;
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    disk = await SmallDisk.make(databases, 192);
    // What is on this disk counts as the pod's memory.
    const amounts = { cpu: "1", memory: "768Mi", "ephemeral-storage": "256Mi" };
    await databases.install("postgres", {
      ...small,
      backup: undefined,
      storage: { existingClaim: "disk" },
      resources: { requests: { ...amounts, cpu: "100m", memory: "256Mi" }, limits: amounts },
    });
    await sql("CREATE TABLE acknowledged (n int); ALTER TABLE acknowledged OWNER TO registry");
  });
  after(async () => {
    await disk?.remove(databases);
    await databases?.remove();
  });

  it("refuses writes and says why, still answers readers, and goes on once there is room", async () => {
    const acknowledged = await fill();
    await assert.rejects(sql("INSERT INTO acknowledged SELECT generate_series(1, 9999)"), FULL);
    assert.match(await logs(), FULL);
    assert.deepEqual(await lost(databases, acknowledged), [], "readers are answered");
    const since = Date.now();
    await inside("rm", BALLAST);
    const rto = await writable(since);
    assert.deepEqual(await lost(databases, acknowledged), []);
    measured({ drill: "full disk, room is made", rto, rpo: 0 });
  });

  it("loses no acknowledged row when not even its log fits, and comes back when the volume grows", async () => {
    const acknowledged = await fill();
    await eventually("the server gives up", 120, async () => {
      const message = "SELECT pg_logical_emit_message(true, 'drill', repeat('x', 8000))";
      await sql(`SELECT pg_switch_wal(); ${message}`).catch(() => "");
      const [one] = (await databases.pod("postgres")).status?.containerStatuses as Container[];
      return (one?.restartCount ?? 0) > 0;
    });
    const said = `${await logs()}${await logs("--previous")}`;
    assert.match(said, /(PANIC|FATAL): .*\n?.*No space left on device/);
    const since = Date.now();
    await disk.grow(384);
    const rto = await writable(since);
    assert.deepEqual(await lost(databases, acknowledged), []);
    measured({ drill: "full disk, the volume grows", rto, rpo: 0 });
  });
});

interface Container {
  restartCount: number;
}
