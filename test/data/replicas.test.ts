import assert from "node:assert/strict";
import { replicas as catalogue } from "#observability/catalogue/replicas";
import { small } from "#test/data/drill";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { testTarget } from "#test/support/kubectl";
import { run } from "#test/support/project";

const values = {
  ...small,
  global: { monitoring: "annotations" },
  replicas: 1,
  // So little that a replica which stays away is past it soon.
  settings: { max_slot_wal_keep_size: "32MB" },
};

describe("a PostgreSQL release with a replica", function () {
  this.timeout(600_000);
  let databases: Databases;
  const on = (release: string, statement: string) => databases.sql(release, statement);
  const mark = (text: string, release = "postgres") =>
    on(release, `INSERT INTO marks VALUES ('${text}')`);
  const marks = (release: string) => on(release, "SELECT string_agg(mark, ' ') FROM marks");
  const arrives = (text: string, release: string) =>
    eventually(`${text} is on ${release}`, 120, async () => (await marks(release)).endsWith(text));
  const follows = (pod: string, writer: string) =>
    eventually(`${pod} follows ${writer}`, 180, async () =>
      (await on(writer, "SELECT application_name FROM pg_stat_replication")).includes(pod),
    );
  /** Asks a Service as the application, from one of the pods. */
  const through = (service: string, statement: string, from = "postgres-standby-0") => {
    const script = `PGPASSWORD="$(cat /etc/mcp-mesh/application/password)" psql -XAt \\
      -h ${service} -U registry -d registry -c "${statement}"`;
    return databases.kubectl("exec", from, "-c", "postgres", "--", "sh", "-c", script);
  };
  const operate = async (...args: string[]) => {
    const { kubeconfig, kubectl } = testTarget()!;
    const all = ["local/setup/run.mjs", "operate/cli.ts", ...args, "-n", databases.namespace];
    return run(process.execPath, all, {
      env: { ...process.env, KUBECONFIG: kubeconfig, KUBECTL: kubectl },
    });
  };
  const succeeds = async (...args: string[]) => {
    const { code, stdout, stderr } = await operate(...args, "--yes");
    assert.equal(code, 0, `${stdout}${stderr}`);
    return stdout;
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", values);
    await follows("postgres-standby-0", "postgres");
    await on("postgres", "CREATE TABLE marks (mark text); CREATE TABLE acknowledged (n int)");
    await on("postgres", "ALTER TABLE marks OWNER TO registry");
    await on("postgres", "ALTER TABLE acknowledged OWNER TO registry");
    await mark("first");
  });
  after(() => databases?.remove());

  it("has what is written on the replica, too, which takes no writes itself", async () => {
    await arrives("first", "postgres-standby");
    await assert.rejects(mark("forbidden", "postgres-standby"), /read-only transaction/);
  });

  it("leads writers to the one, and readers to any", async () => {
    assert.equal(await through("postgres-rw", "SELECT pg_is_in_recovery()"), "f");
    assert.equal(await through("postgres-ro", "SELECT mark FROM marks"), "first");
  });

  it("tells every series that the catalogue has of it, and who takes writes", async () => {
    const told = await databases.exported("postgres-0");
    for (const { name } of catalogue) assert.match(told, new RegExp(`^${name}[{ ]`, "m"));
    assert.match(told, /^mcp_mesh_postgres_writer\S* 1$/m);
    assert.match(told, /^mcp_mesh_replica_connected\{.*postgres_standby_0.*\} 1$/m);
    const follower = await databases.exported("postgres-standby-0");
    assert.match(follower, /^mcp_mesh_postgres_writer\S* 0$/m);
  });

  it("is followed again when the writer has been away", async () => {
    const { uid } = (await databases.pod("postgres")).metadata;
    await databases.kubectl("delete", "pod", "postgres-0", "--wait=false");
    await databases.recovery("postgres", Date.now(), uid);
    await mark("restarted");
    await arrives("restarted", "postgres-standby");
  });

  it("promotes the replica in order without losing a row, and the old writer follows", async () => {
    const { acknowledged, ended } = databases.writer("postgres");
    await eventually("some rows are acknowledged", 30, async () => acknowledged.length > 50);
    const text = await succeeds("promote", "--to", "standby");
    await ended;
    console.log(text.replace(/^/gm, "      ").trimEnd());
    const kept = await on("postgres-standby", "SELECT n FROM acknowledged");
    const there = new Set(kept.split("\n").map(Number));
    assert.deepEqual(
      acknowledged.filter((n) => !there.has(n)),
      [],
      `of ${acknowledged.length} acknowledged`,
    );
    await through("postgres-rw", "INSERT INTO marks VALUES ('promoted')");
    await arrives("promoted", "postgres");
    await assert.rejects(mark("forbidden"), /read-only transaction/);
  });

  it("does not promote when that is done, and says so", async () => {
    assert.match(await succeeds("promote", "--to", "standby"), /Promote .*: done already/);
  });

  it("keeps to what its values say then, the backups of the new writer included", async () => {
    await databases.upgrade("postgres", { ...values, primary: "standby" });
    await follows("postgres-0", "postgres-standby");
    await eventually("a full backup of the new writer", 120, async () =>
      /full backup/.test(
        await databases.kubectl(
          ...["exec", "postgres-standby-0", "-c", "backup", "--", "pgbackrest", "info"],
        ),
      ),
    );
  });

  it("bounds what is held back for one that stays away, which then begins anew", async () => {
    await databases.kubectl("scale", "statefulset", "postgres", "--replicas=0");
    await databases.kubectl("wait", "--for=delete", "pod/postgres-0", "--timeout=180s");
    const fill =
      "INSERT INTO filler SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 20000)";
    await on("postgres-standby", "CREATE TABLE filler (text text)");
    for (let i = 0; i < 6; i++) {
      await on("postgres-standby", fill);
      await on("postgres-standby", "SELECT pg_switch_wal()");
    }
    await on("postgres-standby", "CHECKPOINT");
    const held =
      "SELECT coalesce(max(pg_current_wal_lsn() - restart_lsn), 0) FROM pg_replication_slots";
    await eventually(
      "the slot holds no more back than it may",
      60,
      async () => Number(await on("postgres-standby", held)) < 64 << 20,
    );
    await databases.kubectl("scale", "statefulset", "postgres", "--replicas=1");
    await eventually(
      "the old one's server runs",
      120,
      async () => (await marks("postgres")) !== "",
    );
    await succeeds("rebuild", "--pod", "postgres-0", "--anew");
    await mark("anew", "postgres-standby");
    await arrives("anew", "postgres");
  });

  it("refuses to promote one that may lack something, unless the loss is accepted", async () => {
    // The writer goes on alone, and is lost.
    await databases.kubectl("scale", "statefulset", "postgres", "--replicas=0");
    await databases.kubectl("wait", "--for=delete", "pod/postgres-0", "--timeout=180s");
    await mark("lost", "postgres-standby");
    await databases.kubectl("scale", "statefulset", "postgres-standby", "--replicas=0");
    await databases.kubectl("wait", "--for=delete", "pod/postgres-standby-0", "--timeout=180s");
    await databases.kubectl("scale", "statefulset", "postgres", "--replicas=1");
    await eventually("the other's server runs", 120, async () => (await marks("postgres")) !== "");
    const refused = await operate("promote", "--to", "main", "--yes");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /has not got the end of what postgres-standby-0 wrote/);
    assert.equal(await on("postgres", "SELECT pg_is_in_recovery()"), "t");
    const text = await succeeds("promote", "--to", "main", "--accept-loss");
    console.log(text.replace(/^/gm, "      ").trimEnd());
    assert.match(await mark("alone"), /INSERT/);
    assert.doesNotMatch(await marks("postgres"), /lost/);
  });

  it("never starts the lost writer again by itself, and rewinds it when that is ordered", async () => {
    await eventually("it waits for the order", 120, async () =>
      /took writes, and postgres-0 does now/.test(
        await databases.kubectl("logs", "postgres-standby-0", "-c", "role"),
      ),
    );
    const text = await succeeds("rebuild", "--pod", "postgres-standby-0");
    console.log(text.replace(/^/gm, "      ").trimEnd());
    await arrives("alone", "postgres-standby");
    assert.doesNotMatch(await marks("postgres-standby"), /lost/);
  });
});
