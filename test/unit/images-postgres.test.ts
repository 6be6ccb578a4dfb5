import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { type Outcome, run } from "#test/support/project";

/** Stand-ins for PostgreSQL's programs that note how they were called. */
const programs = {
  initdb:
    'for arg; do case "$arg" in --pgdata=*) d="${arg#*=}"; esac; done; mkdir -p "$d"; echo 15 >"$d/PG_VERSION"',
  pg_ctl: "",
  createdb: "",
  postgres: "",
};

describe("The entrypoint of the postgres image", () => {
  let folder: string;
  let data: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-postgres-"));
    data = join(folder, "volume/pgdata");
    mkdirSync(join(folder, "bin"));
    mkdirSync(join(folder, "volume"));
    writeFileSync(join(folder, "password"), "secret");
    for (const [name, script] of Object.entries(programs)) {
      const note = `echo "${name} $*" >>"${folder}/calls"`;
      writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${note}\n${script}\n`, { mode: 0o755 });
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
    run("sh", [join(projectRoot, "images/postgres/entrypoint.sh"), ...args], {
      env: {
        PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
        PGDATA: data,
        POSTGRES_PASSWORD_FILE: join(folder, "password"),
        ...env,
      },
    });
  const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

  it("sets a new volume up, then becomes the server with the arguments it was given", async () => {
    const outcome = await start(["-c", "max_connections=20"], { POSTGRES_DB: "app" });
    assert.equal(outcome.code, 0, outcome.text);
    assert.ok(existsSync(join(data, "PG_VERSION")));
    assert.match(
      readFileSync(join(data, "pg_hba.conf"), "utf8"),
      /^host all all all scram-sha-256$/m,
    );
    const names = calls().map((line) => line.split(" ")[0]);
    assert.deepEqual(names, ["initdb", "pg_ctl", "createdb", "pg_ctl", "postgres"]);
    assert.equal(calls().at(-1), "postgres -c max_connections=20");
  });

  it("leaves a database cluster that is there alone", async () => {
    mkdirSync(data);
    writeFileSync(join(data, "PG_VERSION"), "15\n");
    await start();
    assert.deepEqual(calls(), ["postgres"]);
  });

  it("starts a set-up anew that was killed", async () => {
    mkdirSync(`${data}.new`);
    writeFileSync(join(`${data}.new`, "half"), "");
    const outcome = await start();
    assert.equal(outcome.code, 0, outcome.text);
    assert.ok(!existsSync(join(data, "half")));
    assert.ok(!existsSync(`${data}.new`));
  });

  for (const [what, env, prepare, reason] of [
    ["no password", { POSTGRES_PASSWORD_FILE: "" }, () => {}, /POSTGRES_PASSWORD_FILE must name/],
    [
      "a PGDATA with something else in it",
      {},
      () => {
        mkdirSync(data);
        writeFileSync(join(data, "lost+found"), "");
      },
      /holds something that is not a database cluster/,
    ],
  ] as const) {
    it(`refuses ${what}, and starts nothing`, async () => {
      prepare();
      const outcome = await start([], env);
      assert.notEqual(outcome.code, 0);
      assert.match(outcome.stderr, reason);
      assert.ok(!existsSync(join(folder, "calls")));
    });
  }
});
