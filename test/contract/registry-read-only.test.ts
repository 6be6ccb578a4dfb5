import assert from "node:assert/strict";
import { loadConfig } from "#services/registry/src/config";
import { Postgres } from "#test/support/postgres";
import { agent, type Client, startReplica, tool } from "#test/support/registry";

describe("a registry that is read-only", function () {
  this.timeout(120_000);
  let postgres: Postgres | undefined;
  let replicas: Awaited<ReturnType<typeof startReplica>>[] = [];
  let writer: Client;
  let standby: Client;

  before(async () => {
    postgres = await Postgres.start();
  });
  beforeEach(async function () {
    if (!postgres) return this.skip();
    const database = await postgres.createDatabase();
    replicas = [await startReplica(database), await startReplica(database, { readOnly: true })];
    [writer, standby] = replicas.map(({ client }) => client) as [Client, Client];
    await writer.register(agent("a", tool("date")));
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    replicas = [];
  });
  after(() => postgres?.remove());

  it("refuses whatever would change what it knows, and says when to come again", async () => {
    const refused = [
      await standby.post(agent("b", tool("time"))),
      await standby.send("HEAD", "/heartbeat/a"),
      await standby.send("DELETE", "/agents/a"),
    ];
    for (const { status, headers } of refused) {
      assert.equal(status, 503);
      assert.equal(headers.get("retry-after"), "5");
    }
    assert.match(refused[0]?.text ?? "", /takes no registrations/);
    assert.deepEqual(Object.keys(await writer.agents()), ["a"]);
    assert.equal(await writer.beat("a"), 200);
  });

  it("answers questions, and stays ready for those who ask", async () => {
    assert.deepEqual(await standby.agents(), await writer.agents());
    for (const path of ["/ready", "/live", "/health", "/metrics"]) {
      assert.equal(await standby.status(path), 200, path);
    }
    assert.equal((await standby.send("HEAD", "/agents")).status, 200);
  });

  it("tells a load balancer before several regions that it is not the writer", async () => {
    assert.equal(await writer.status("/writable"), 200);
    assert.equal(await standby.status("/writable"), 503);
  });

  it("says so in its metrics, so that nobody is called for what it refuses", async () => {
    for (const [replica, value] of [
      [writer, 0],
      [standby, 1],
    ] as const) {
      const { text } = await replica.send("GET", "/metrics");
      assert.match(text, new RegExp(`^mcp_mesh_registry_read_only ${value}$`, "m"));
    }
  });

  it("is so by its environment alone, and only by a word that says it", () => {
    const env = {
      DATABASE_HOST: "db",
      DATABASE_NAME: "registry",
      DATABASE_USER: "registry",
      DATABASE_PASSWORD_FILE: "password",
    };
    assert.equal(loadConfig(env).readOnly, false);
    assert.equal(loadConfig({ ...env, MCP_MESH_READ_ONLY: "true" }).readOnly, true);
    assert.throws(() => loadConfig({ ...env, MCP_MESH_READ_ONLY: "maybe" }), /MCP_MESH_READ_ONLY/);
  });
});
