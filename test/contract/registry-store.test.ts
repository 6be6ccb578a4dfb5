import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseConfig } from "#services/registry/src/config";
import { createClient, Database } from "#services/registry/src/database";
import { migrate } from "#services/registry/src/migrations";
import { declaredAgents, registration } from "#services/registry/src/protocol";
import { serve } from "#services/registry/src/serve";
import { Store, SWEEP_LOCK } from "#services/registry/src/store";
import { startSweeper } from "#services/registry/src/sweeper";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import {
  agent,
  Client,
  type ReplicaOptions,
  silent,
  startReplica,
  tool,
} from "#test/support/registry";

const consumer = (id: string, capability: string) =>
  agent(id, tool(`own-${id}`, { dependencies: [{ capability }] }));

describe("registry store", function () {
  this.timeout(120_000);
  let postgres: Postgres;
  let database: DatabaseConfig;
  let cleanups: (() => unknown)[] = [];

  before(async function () {
    const started = await Postgres.start();
    if (!started) return this.skip();
    postgres = started;
  });
  beforeEach(async () => {
    database = await postgres.createDatabase();
  });
  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
    cleanups = [];
  });
  after(() => postgres?.remove());

  async function replica(options?: ReplicaOptions): Promise<Client> {
    const { client, stop } = await startReplica(database, options);
    cleanups.push(stop);
    return client;
  }

  /** The store alone, without a server around it. */
  async function store(): Promise<Store> {
    await migrate(database, silent);
    const pool = new Database(database, silent);
    cleanups.push(() => pool.close());
    return new Store(pool, []);
  }

  /** A connection whose transactions the test controls. */
  async function connection() {
    const client = createClient(database);
    client.on("error", () => {});
    await client.connect();
    cleanups.push(() => client.end());
    return client;
  }

  it("answers 503 while the database is away, and the same as before once it is back", async () => {
    const client = await replica({ timers: { silentMs: 2_000, sweepEveryMs: 100 } });
    const body = consumer("z", "date");
    await client.register(agent("a", tool("date")));
    await client.register(body);
    const stopped = Date.now();
    await postgres.stop();
    try {
      assert.equal(await client.beat("z"), 503);
      const { status, headers } = await client.post(body);
      assert.equal(status, 503);
      assert.equal(headers.get("retry-after"), "5");
      assert.equal((await client.send("DELETE", "/agents/a")).status, 503);
      for (const [path, expected] of Object.entries({
        "/agents": 503,
        "/ready": 503,
        "/live": 200,
        "/health": 200,
      })) {
        assert.equal(await client.status(path), expected, path);
      }
      assert.match(
        (await client.send("GET", "/metrics")).text,
        /^mcp_mesh_registry_database_up 0$/m,
      );
      await eventually("silence", 5, async () => Date.now() - stopped > 2_200);
    } finally {
      await postgres.resume();
    }
    await eventually("ready again", 10, async () => (await client.status("/ready")) === 200);
    assert.equal(await client.beat("z"), 200);
    assert.equal(await client.beat("a"), 200);
  });

  it("survives the loss of its connection in the middle of a transaction", async () => {
    const client = await replica();
    await client.register(agent("a", tool("date")));
    const other = await connection();
    await other.query("BEGIN");
    await other.query("SELECT 1 FROM agents FOR UPDATE");
    const reply = client.post(agent("a", tool("date")));
    const backend = await eventually("the registration waits", 5, async () => {
      const waiting = "SELECT pid FROM pg_locks WHERE NOT granted";
      return (await postgres.sql("postgres", waiting))[0]?.pid;
    });
    // Unlike pg_terminate_backend, this closes the connection without a word.
    process.kill(Number(backend), "SIGKILL");
    assert.equal((await reply).status, 503);
    await eventually("the database recovers", 10, async () => (await client.beat("a")) === 200);
  });

  it("serves one mesh from two replicas, and from the one that is left", async () => {
    const one = await startReplica(database);
    const two = await replica();
    await one.client.register(agent("a", tool("date")));
    await two.register(consumer("z", "date"));
    assert.equal(await one.client.beat("z"), 200);
    await two.register(agent("b", tool("date", { version: "2.0.0" })));
    assert.equal(await one.client.beat("z"), 202);
    const wiring = await one.client.register(consumer("z", "date"));
    assert.equal(wiring["own-z"]?.[0]?.agent_id, "b");
    await one.stop();
    assert.equal(await two.beat("z"), 200);
    assert.deepEqual(Object.keys(await two.agents()), ["a", "b", "z"]);
  });

  it("marks the silent unhealthy, tells who depended on them, and takes them back", async () => {
    const client = await replica({ timers: { silentMs: 2_000, sweepEveryMs: 50 } });
    await client.register(agent("a", tool("date")));
    await client.register(consumer("z", "date"));
    // As if z's next heartbeats were in already.
    const later = "UPDATE agents SET last_seen = now() + interval '1 hour' WHERE agent_id = 'z'";
    await postgres.sql(database.database, later);
    await eventually("a is unhealthy", 20, async () => {
      return (await client.agents()).a?.status === "unhealthy";
    });
    const { a, z } = await client.agents();
    assert.partialDeepStrictEqual(a, { capabilities: [{ available: false }] });
    assert.partialDeepStrictEqual(z, { status: "healthy", dependencies_resolved: 0 });
    assert.equal(await client.beat("z"), 202);
    assert.equal(await client.beat("a"), 410);
    await client.register(agent("a", tool("date")));
    assert.equal(await client.beat("a"), 200);
  });

  it("forgets agents that have been silent for long", async () => {
    const timers = { silentMs: 100, forgetMs: 200, sweepEveryMs: 50 };
    const client = await replica({ timers });
    await client.register(agent("a", tool("date")));
    await eventually("a is gone", 10, async () => !(await client.agents()).a);
  });

  for (const [what, end, lost] of [
    ["lets a heartbeat win that arrives during a sweep", "COMMIT", []],
    ["marks the agent when that heartbeat fails", "ROLLBACK", ["a"]],
  ] as const) {
    it(what, async () => {
      const stored = await store();
      await stored.register(registration.parse(agent("a", tool("date"))));
      await postgres.sql(
        database.database,
        "UPDATE agents SET last_seen = now() - interval '1 minute'",
      );
      const heartbeat = await connection();
      await heartbeat.query("BEGIN");
      await heartbeat.query("UPDATE agents SET last_seen = clock_timestamp()");
      const sweep = stored.sweep(20_000, 3_600_000);
      await eventually("the sweep waits for the heartbeat", 5, async () => {
        const waiting = await postgres.sql("postgres", "SELECT 1 FROM pg_locks WHERE NOT granted");
        return waiting.length > 0;
      });
      await heartbeat.query(end);
      assert.deepEqual(await sweep, { lost, forgotten: 0 });
    });
  }

  it("lets only one replica sweep at a time", async () => {
    const stored = await store();
    const other = await connection();
    await other.query("SELECT pg_advisory_lock($1)", [SWEEP_LOCK]);
    assert.equal(await stored.sweep(0, 0), undefined);
    await other.query("SELECT pg_advisory_unlock($1)", [SWEEP_LOCK]);
    assert.deepEqual(await stored.sweep(0, 0), { lost: [], forgotten: 0 });
  });

  it("sweeps only after listening for the whole silence, anew after each failure", async () => {
    const silentMs = 300;
    const since = [Date.now()];
    const waited: number[] = [];
    const stop = startSweeper(
      {
        check: async () => {
          if (waited.length !== 1 || since.length > 1) return undefined;
          since.push(Date.now());
          throw new Error("connection refused");
        },
        sweep: async () => {
          waited.push(Date.now() - (since.at(-1) ?? 0));
          return { lost: [], forgotten: 0 };
        },
      },
      { silentMs, forgetMs: 0, sweepEveryMs: 10 },
      { swept: () => {} },
      silent,
    );
    await eventually("two sweeps", 10, async () => waited.length > 1);
    await stop();
    assert(waited[0] !== undefined && waited[0] >= silentMs, `${waited}`);
    assert(waited[1] !== undefined && waited[1] >= silentMs, `${waited}`);
  });

  it("is not ready while the schema is behind, and needs no restart after the migration", async () => {
    const base = {
      host: "127.0.0.1",
      port: 0,
      logLevel: "error",
      drainSeconds: 0,
      readOnly: false,
    } as const;
    const serving = await serve({ ...base, database, declared: [] }, silent);
    cleanups.push(serving.stop);
    const client = new Client(serving.port);
    const { status, text } = await client.send("GET", "/ready");
    assert.equal(status, 503);
    assert.match(JSON.parse(text).reason, /schema is at version 0 and 2 is needed: run migrate/);
    assert.equal(await client.beat("a"), 503);
    await migrate(database, silent);
    assert.equal(await client.status("/ready"), 200);
    assert.equal(await client.beat("a"), 410);
  });

  it("serves on a schema that a newer version has migrated", async () => {
    const client = await replica();
    const newer = "INSERT INTO schema_migrations (version, name) VALUES (99, 'newer')";
    await postgres.sql(database.database, newer);
    assert.equal(await migrate(database, silent), 99);
    assert.equal(await client.status("/ready"), 200);
  });

  it("migrates once when several do it at the same time, and not again later", async () => {
    const applied: string[] = [];
    const log = { ...silent, info: (msg: string) => applied.push(msg) };
    const versions = await Promise.all([1, 2, 3].map(() => migrate(database, log)));
    assert.equal(await migrate(database, log), versions[0]);
    assert.equal(new Set(versions).size, 1);
    assert.deepEqual(applied, ["applied a migration", "applied a migration"]);
  });

  it("follows a rotated password without a restart", async () => {
    const dir = mkdtempSync(join(tmpdir(), "mcp-mesh-password-"));
    cleanups.push(() => rmSync(dir, { recursive: true }));
    const passwordFile = join(dir, "password");
    cpSync(database.passwordFile, passwordFile);
    await migrate(database, silent);
    await postgres.sql(database.database, "CREATE ROLE app LOGIN SUPERUSER PASSWORD 's3cret'");
    database = { ...database, user: "app", passwordFile };
    const client = await replica();
    await postgres.sql(database.database, "ALTER ROLE app PASSWORD 'rotated'");
    await postgres.sql(
      "postgres",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'",
    );
    await eventually("the old password fails", 5, async () => (await client.beat("a")) === 503);
    writeFileSync(passwordFile, "rotated\n");
    await eventually("the new one works", 5, async () => (await client.beat("a")) === 410);
  });

  describe("with declared agents", () => {
    const { agents: declared } = declaredAgents.parse({
      agents: [
        {
          agent_id: "everything",
          name: "everything",
          version: "2026.8.31",
          namespace: "default",
          http_host: "everything.mcp-mesh.svc",
          http_port: 8080,
          tools: [{ function_name: "echo", capability: "echo", version: "1.0.0", tags: ["demo"] }],
        },
      ],
    });

    it("lists them and wires them without a heartbeat, whatever the sweeper does", async () => {
      const timers = { silentMs: 100, forgetMs: 100, sweepEveryMs: 20 };
      const client = await replica({ declared, timers });
      const body = consumer("z", "echo");
      const wiring = await client.register(body);
      assert.deepEqual(wiring["own-z"], [
        {
          agent_id: "everything",
          capability: "echo",
          endpoint: "http://everything.mcp-mesh.svc:8080",
          function_name: "echo",
          status: "available",
        },
      ]);
      await eventually("the sweeper forgot z", 10, async () => !(await client.agents()).z);
      assert.partialDeepStrictEqual((await client.agents("?capability=echo")).everything, {
        status: "healthy",
        declared: true,
        capabilities: [{ name: "echo", available: true }],
      });
      assert.deepEqual(await client.register(body), wiring);
    });

    it("refuses to overwrite or delete them through the API", async () => {
      const client = await replica({ declared });
      for (const reply of [
        await client.post(agent("everything", tool("date"))),
        await client.send("DELETE", "/agents/everything"),
      ]) {
        assert.equal(reply.status, 409);
        assert.match(JSON.parse(reply.text).error, /"everything" is declared by the deployment/);
      }
    });

    it("prefers them to an agent that registered under their id before", async () => {
      const before = await replica();
      await before.register(agent("everything", tool("echo", { version: "9.0.0" })));
      const client = await replica({ declared });
      const wiring = await client.register(consumer("z", "echo"));
      assert.equal(wiring["own-z"]?.[0]?.endpoint, "http://everything.mcp-mesh.svc:8080");
      assert.deepEqual(Object.keys(await client.agents()), ["everything", "z"]);
      assert.equal((await client.agents()).everything?.declared, true);
    });
  });
});
