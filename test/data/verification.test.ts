import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { projectRoot } from "#local/setup/environment";
import { backedUp, small } from "#test/data/drill";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { testTarget } from "#test/support/kubectl";

const REPOSITORY = "/var/lib/mcp-mesh/repository";

describe("the verification of backups", function () {
  this.timeout(480_000);
  let databases: Databases;
  const sql = (statement: string) => databases.sql("postgres", statement);
  const inBackup = (script: string) =>
    databases.kubectl("exec", "postgres-0", "-c", "backup", "--", "sh", "-c", script);
  const backups = async () =>
    JSON.parse(await databases.pgbackrest("info", "--output=json"))[0].backup;

  /** `npm run operate -- verify`, and all that it says. */
  const verify = () => {
    const { kubeconfig, kubectl } = testTarget()!;
    const run = [
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      "operate/cli.ts",
      "verify",
      "--yes",
    ];
    const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECTL: kubectl };
    const child = spawn(process.execPath, [...run, "--namespace", databases.namespace], {
      cwd: projectRoot,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += part));
    return new Promise<{ code: number | null; text: string }>((resolve) =>
      child.on("close", (code) => resolve({ code, text })),
    );
  };
  const assertNotGood = async (reason: RegExp) => {
    const { code, text } = await verify();
    assert.match(text, /is NOT good: /);
    assert.match(text, reason);
    assert.equal(code, 1);
  };

  /** A backup of what is there now, and a time marked after it. */
  const backUp = async () => {
    await databases.pgbackrest("--type=incr", "backup");
    const { label } = (await backups()).at(-1);
    await eventually(`a time after ${label} is marked`, 180, async () =>
      (await inBackup(`cat ${REPOSITORY}/expected`)).startsWith(`backup|${label}\n`),
    );
  };

  /** A metric of the exporter; undefined if it tells none. */
  const metric = async (name: string) => {
    const lines = (await databases.exported("postgres-0")).split("\n");
    const line = lines.find((one) => one.startsWith(name));
    return line === undefined ? undefined : Number(line.split(" ").at(-1));
  };
  const VERIFIED = "mcp_mesh_backup_last_verified_timestamp_seconds";
  const FAILED = "mcp_mesh_backup_verification_failed";

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.install("postgres", { ...small, global: { monitoring: "annotations" } });
    await backedUp(databases);
    await sql("CREATE TABLE notes (n int PRIMARY KEY, text text)");
    await sql("INSERT INTO notes SELECT n, repeat('x', 500) FROM generate_series(1, 2000) n");
    await backUp();
    assert.equal(await metric(VERIFIED), undefined, "nothing is told of what never happened");
  });
  after(() => databases?.remove());

  it("finds a good one good, tells the exporter when, and how long the restore took", async () => {
    const began = Date.now() / 1000;
    const { code, text } = await verify();
    assert.equal(code, 0, text);
    console.log(`    ${/\S+ is good as of .*/.exec(text)?.[0]}`);
    assert.match(await inBackup(`cat ${REPOSITORY}/expected`), /^rows\|public\.notes\|2000$/m);
    const told = await eventually("the exporter tells it", 60, () => metric(VERIFIED));
    assert.ok(told >= began - 5 && told <= Date.now() / 1000 + 5, `${told}`);
    assert.equal(await metric(FAILED), 0);
    for (const phase of ["restore", "recovery", "check"]) {
      const seconds = await metric(`mcp_mesh_backup_verified_seconds{phase="${phase}"`);
      assert.ok(seconds !== undefined && seconds < 300, `${phase}: ${seconds}`);
    }
  });

  it("fails when rows or markers are not in the backup, and the exporter tells that too", async () => {
    const before = await metric(VERIFIED);
    await sql("ALTER TABLE notes SET UNLOGGED; ALTER TABLE mcp_mesh.markers SET UNLOGGED");
    await backUp();
    await assertNotGood(
      /the marker \d+ is missing: .* the rows of public\.notes were 2000 .* are 0;/,
    );
    await eventually("the exporter tells it", 60, async () => (await metric(FAILED)) === 1);
    assert.equal(await metric(VERIFIED), before);
    await sql("ALTER TABLE notes SET LOGGED; ALTER TABLE mcp_mesh.markers SET LOGGED");
  });

  it("fails when a page of the backup is corrupted", async () => {
    // Else the mark's count would be the first to note that its rows are committed, and so write the
    // page anew: the archive would then heal it.
    await sql("VACUUM (FREEZE) notes");
    await sql("CHECKPOINT");
    const file = await sql("SELECT pg_relation_filepath('notes')");
    await inBackup(
      `printf spoiled | dd of=/var/lib/mcp-mesh/data/pgdata/${file} bs=8192 seek=3 conv=notrunc`,
    );
    await backUp();
    await assertNotGood(/page verification failed|invalid page in block 3/);
  });

  it("fails when a segment of the archive is missing", async () => {
    // Else a full backup would close the gap.
    await databases.pgbackrest("stop");
    const { stop } = (await backups()).at(-1).archive;
    const folder = `${REPOSITORY}/archive/main`;
    const all = (await inBackup(`ls -d ${folder}/*/*/*`)).split("\n");
    const since = all.filter((path) => (path.split("/").at(-1) ?? "").slice(0, 24) > stop);
    assert.notEqual(since.length, 0);
    await inBackup(`rm ${since.join(" ")}`);
    await assertNotGood(/did not reach .*recovery ended before configured recovery target/);
  });
});
