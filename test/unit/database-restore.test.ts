import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { run } from "#test/support/project";

const SCRIPT = join(projectRoot, "charts/postgres/files/restore.sh");

describe("the restore before PostgreSQL starts", () => {
  let folder: string;
  let data: string;
  let script: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-restore-"));
    data = join(folder, "data/pgdata");
    mkdirSync(dirname(data));
    // The same script on folders of the test's own, and a pgBackRest that notes how it was called.
    const text = readFileSync(SCRIPT, "utf8");
    script = join(folder, "restore.sh");
    writeFileSync(
      script,
      text
        .replaceAll("/var/lib/mcp-mesh/", `${folder}/`)
        .replaceAll("/run/mcp-mesh", `${folder}/run`)
        .replaceAll("/etc/mcp-mesh/", `${folder}/etc/`),
    );
    fake(`echo 15 >"$PGDATA/PG_VERSION"`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fake = (does: string) => {
    const text = `#!/bin/sh\necho "$*" >>"${folder}/calls"\n${does}\n`;
    writeFileSync(join(folder, "pgbackrest"), text, { mode: 0o755 });
  };
  const put = (path: string, text = "") => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const restore = (env: Record<string, string> = {}) =>
    run("/bin/sh", [script], { env: { PATH: `${folder}:/usr/bin:/bin`, PGDATA: data, ...env } });
  const calls = () =>
    existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "";
  const repository = (name: string) => put(`${name}/backup/main/backup.info`);

  it("leaves data that is there alone, whatever repositories there are", async () => {
    put("data/pgdata/PG_VERSION", "15");
    put("data/pgdata/row");
    repository("repository");
    repository("source");
    const { code, text } = await restore({ RESTORE_CLAIM: "other" });
    assert.equal(code, 0, text);
    assert.equal(calls(), "");
    assert.ok(existsSync(join(data, "row")));
  });

  it("does nothing for a new database, which is then set up", async () => {
    assert.equal((await restore()).code, 0);
    assert.equal(calls(), "");
    assert.equal(existsSync(data), false);
  });

  it("restores the database's own repository to its end, before any other", async () => {
    repository("repository");
    repository("source");
    const env = { RESTORE_CLAIM: "other", RESTORE_TARGET: "2026-11-22 18:30:00+00" };
    const { code, text } = await restore(env);
    assert.equal(code, 0, text);
    assert.match(calls(), /pgbackrest\.conf .*restore$/m);
    assert.doesNotMatch(calls(), /target/);
  });

  it("restores another's repository to the time that it is told", async () => {
    repository("source");
    await restore({ RESTORE_CLAIM: "other", RESTORE_TARGET: "2026-11-22 18:30:00+00" });
    assert.match(
      calls(),
      /source\.conf .*--type=time --target=2026-11-22 18:30:00\+00 .*restore$/m,
    );
  });

  it("starts a restore anew that was killed", async () => {
    repository("repository");
    put("data/restoring");
    put("data/pgdata/PG_VERSION", "15");
    put("data/pgdata/half");
    const { code, text } = await restore();
    assert.equal(code, 0, text);
    assert.match(calls(), /restore$/m);
    assert.equal(existsSync(join(data, "half")), false);
    assert.equal(existsSync(join(folder, "data/restoring")), false);
  });

  it("starts nothing when the restore fails, and tries again the next time", async () => {
    repository("repository");
    fake('mkdir -p "$PGDATA"; echo 15 >"$PGDATA/PG_VERSION"; exit 1');
    const { code, stdout } = await restore();
    assert.equal(code, 1);
    assert.match(stdout, /could not be restored .*Nothing was started/);
    await restore();
    assert.equal(calls().trim().split("\n").length, 2);
  });

  it("refuses a claim that holds no repository, by its name", async () => {
    const { code, stdout } = await restore({ RESTORE_CLAIM: "other" });
    assert.equal(code, 1);
    assert.match(stdout, /the claim other holds no repository of backups/);
    assert.equal(calls(), "");
  });

  it("refuses an image that could neither restore nor archive, before it fills the disk", async () => {
    rmSync(join(folder, "pgbackrest"));
    const { code, stdout } = await restore({ PATH: folder });
    assert.equal(code, 1);
    assert.match(stdout, /the image has no pgBackRest; take one built by/);
  });

  it("hands a passphrase on in a file, never on the command line", async () => {
    repository("repository");
    put("etc/passphrase-own/password", "s3cret");
    const { text } = await restore();
    const file = readFileSync(join(folder, "run/own/passphrase.conf"), "utf8");
    assert.equal(file, "[global]\nrepo1-cipher-pass=s3cret\n");
    assert.doesNotMatch(calls() + text, /s3cret/);
  });
});
