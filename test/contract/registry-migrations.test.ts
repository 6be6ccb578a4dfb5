import assert from "node:assert/strict";
import type { DatabaseConfig } from "#services/registry/src/config";
import { createLog } from "#services/registry/src/log";
import { migrate } from "#services/registry/src/migrations";
import { RollbackError, readSchema, rollback } from "#services/registry/src/rollback";
import { schemaVersion } from "#services/registry/src/schema";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { agent, silent, startReplica, tool } from "#test/support/registry";

describe("the registry's migrations", function () {
  this.timeout(120_000);
  let postgres: Postgres;
  let database: DatabaseConfig;
  const sql = (statement: string) => postgres.sql(database.database, statement);
  const version = async () => (await readSchema(database, silent)).applied.at(-1)?.version ?? 0;

  /** Tables, columns, indexes and constraints, but those of the bookkeeping. */
  const shape = async () => [
    ...(await sql(`SELECT table_name, column_name, data_type, is_nullable, column_default
      FROM information_schema.columns WHERE table_schema = 'public'
        AND table_name <> 'schema_migrations' ORDER BY 1, 2`)),
    ...(await sql(`SELECT conrelid::regclass::text AS owner, pg_get_constraintdef(oid) AS text
      FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
        AND conrelid <> 'schema_migrations'::regclass ORDER BY 1, 2`)),
    ...(await sql(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      AND tablename <> 'schema_migrations' ORDER BY 1`)),
  ];
  /** All rows of agents, in the columns that there are at the first version. */
  const agents = () =>
    sql("SELECT agent_id, tools, digest, status, created_at FROM agents ORDER BY agent_id");

  before(async function () {
    const started = await Postgres.start();
    if (!started) return this.skip();
    postgres = started;
  });
  beforeEach(async () => {
    database = await postgres.createDatabase();
  });
  after(() => postgres?.remove());

  /** Some agents, and nobody connected any more. */
  async function fill(): Promise<void> {
    const { client, stop } = await startReplica(database);
    await client.register(agent("a", tool("date")));
    await client.register(agent("b", tool("own", { dependencies: [{ capability: "date" }] })));
    await stop();
    await deserted();
  }

  /** The server notices a connection's end a little later than the client. */
  const deserted = () =>
    eventually("nobody is connected", 10, async () => {
      return (await readSchema(database, silent)).needed === 0;
    });

  it("go down to each version and up again, with the data that both have", async () => {
    const shapes: unknown[] = [];
    await fill();
    const stored = await agents();
    for (let to = schemaVersion - 1; to >= 1; to -= 1) {
      shapes[to + 1] = await shape();
      assert.equal(await rollback(database, to, silent), to);
      assert.equal(await version(), to);
      assert.deepEqual(await agents(), stored);
      await migrate(database, silent);
      assert.deepEqual(await shape(), shapes[schemaVersion], `down to ${to} and up again`);
      assert.deepEqual(await agents(), stored);
      await rollback(database, to, silent);
    }
    assert.equal(await rollback(database, 0, silent), 0);
    assert.deepEqual(await shape(), []);

    await migrate(database, silent);
    const { client, stop } = await startReplica(database);
    assert.deepEqual(await client.agents(), {});
    await client.register(agent("a", tool("date")));
    assert.equal(await client.beat("a"), 200);
    await stop();
  });

  it("can be taken back by an older program, which knows them only from the database", async () => {
    await fill();
    const newest = schemaVersion + 1;
    // What the program of a later release leaves.
    await sql("ALTER TABLE agents ADD COLUMN colour text NOT NULL DEFAULT 'green'");
    await sql(`INSERT INTO schema_migrations (version, name, down, loses)
      VALUES (${newest}, 'colour', 'ALTER TABLE agents DROP COLUMN colour', 'their colours')`);
    assert.equal(await migrate(database, silent), newest, "the newer one is left alone");
    const told = (await readSchema(database, silent)).applied.at(-1);
    assert.deepEqual(
      [told?.version, told?.reversible, told?.loses],
      [newest, true, "their colours"],
    );
    const stored = await agents();
    assert.equal(await rollback(database, schemaVersion, silent), schemaVersion);
    assert.deepEqual(await agents(), stored);
    await assert.rejects(sql("SELECT colour FROM agents"), /colour/);
  });

  it("are not taken from under a replica that needs them", async () => {
    const { client, stop } = await startReplica(database);
    await client.register(agent("a", tool("date")));
    assert.equal((await readSchema(database, silent)).needed, schemaVersion);
    await assert.rejects(
      rollback(database, schemaVersion - 1, silent),
      (error) =>
        error instanceof RollbackError && /deploy a release that needs/.test(error.message),
    );
    assert.equal(await version(), schemaVersion);
    assert.equal(await client.beat("a"), 200);
    await stop();
    await deserted();
    assert.equal(await rollback(database, schemaVersion - 1, silent), schemaVersion - 1);
  });

  it("are not taken back in part where one has no way down", async () => {
    await fill();
    const later = [schemaVersion + 1, schemaVersion + 2];
    await sql(`INSERT INTO schema_migrations (version, name, down)
      VALUES (${later[0]}, 'lasting', NULL), (${later[1]}, 'newest', 'DROP TABLE agents')`);
    await assert.rejects(rollback(database, 1, silent), /has no way down/);
    assert.equal(await version(), later[1]);
    assert.equal((await agents()).length, 2);
  });

  it("name a point to go back to before they change a schema with data", async () => {
    const lines: string[] = [];
    const log = createLog("registry", "info", (line) => lines.push(line));
    const points = () => lines.flatMap((line) => /before-[^"]+/.exec(line)?.[0] ?? []);
    await migrate(database, log);
    assert.deepEqual(points(), [], "an empty database has nothing to go back to");
    await rollback(database, 1, silent);
    await migrate(database, log);
    const [point, ...more] = points();
    assert.match(point ?? "", /^before-migration-2-at-\d{8}T\d{6}Z$/);
    assert.deepEqual(more, []);
    assert.equal((await readSchema(database, silent)).applied.at(-1)?.restorePoint, point);
  });

  it("go on without that point where their login may not name one", async () => {
    await migrate(database, silent);
    await rollback(database, 1, silent);
    const role = `plain_${database.database}`;
    await sql(`CREATE ROLE ${role}; GRANT ${role} TO CURRENT_USER;
      ALTER DATABASE ${database.database} OWNER TO ${role};
      GRANT ALL ON SCHEMA public TO ${role}; ALTER TABLE agents OWNER TO ${role};
      ALTER TABLE mesh OWNER TO ${role}; ALTER TABLE schema_migrations OWNER TO ${role};
      ALTER DATABASE ${database.database} SET role = ${role}`);
    assert.equal(await migrate(database, silent), schemaVersion);
    assert.equal((await readSchema(database, silent)).applied.at(-1)?.restorePoint, null);
  });
});
