import assert from "node:assert/strict";
import type { DatabaseConfig } from "#services/registry/src/config";
import { digestOf } from "#services/registry/src/digests";
import { registration } from "#services/registry/src/protocol";
import type { Serving } from "#services/registry/src/serve";
import { Postgres } from "#test/support/postgres";
import { type AgentBody, type Client, startReplica, tool } from "#test/support/registry";

/** A replica of an agent whose Service is named after it. */
function replica(name: string, suffix: string, more: object = {}): AgentBody {
  const own = { agent_id: `${name}-${suffix}`, name, http_host: `${name}.mesh.svc` };
  return { ...own, http_port: 8080, tools: [tool("date")], ...more };
}

const caller: AgentBody = {
  agent_id: "caller",
  http_host: "caller",
  http_port: 8080,
  tools: [tool("own", { dependencies: [{ capability: "date" }] })],
};

describe("the registry's endpoints of a dependency", function () {
  this.timeout(60_000);
  let postgres: Postgres;
  let database: DatabaseConfig;
  let serving: Serving & { client: Client };
  let client: Client;

  before(async function () {
    const started = await Postgres.start();
    if (!started) return this.skip();
    postgres = started;
  });
  beforeEach(async () => {
    database = await postgres.createDatabase();
    serving = await startReplica(database);
    client = serving.client;
  });
  afterEach(() => serving?.stop());
  after(() => postgres?.remove());

  const wired = async () => (await client.register(caller)).own?.[0];
  const sql = (text: string) => postgres.sql(database.database, text);

  it("are all replicas of the winner, with address, zone and weight", async () => {
    await client.register(replica("clock", "b", { pod_ip: "10.0.0.2", zone: "west", weight: 10 }));
    await client.register(replica("clock", "a", { pod_ip: "10.0.0.1" }));
    await client.register(replica("sundial", "a", { pod_ip: "10.0.0.3" }));
    const found = await wired();
    assert.equal(found?.endpoint, "http://clock.mesh.svc:8080");
    assert.deepEqual(found?.endpoints, [
      { agent_id: "clock-a", pod_ip: "10.0.0.1", weight: 100 },
      { agent_id: "clock-b", pod_ip: "10.0.0.2", zone: "west", weight: 10 },
    ]);
  });

  it("are none while one replica keeps its address to itself", async () => {
    await client.register(replica("clock", "a", { pod_ip: "10.0.0.1" }));
    await client.register(replica("clock", "b"));
    assert.equal((await wired())?.endpoints, undefined);
  });

  it("leave out replicas that the dependency's own wish refuses", async () => {
    const wish = { capability: "date", version: ">=2" };
    const asks = { ...caller, tools: [tool("own", { dependencies: [wish] })] };
    const newer = { pod_ip: "10.0.0.2", tools: [tool("date", { version: "2.0.0" })] };
    await client.register(replica("clock", "a", { pod_ip: "10.0.0.1" }));
    await client.register(replica("clock", "b", newer));
    const found = (await client.register(asks)).own?.[0];
    assert.deepEqual(
      found?.endpoints?.map(({ agent_id }) => agent_id),
      ["clock-b"],
    );
  });

  it("come with whether the tool can be called once more", async () => {
    await client.register(replica("clock", "a", { tools: [tool("date", { idempotent: true })] }));
    assert.equal((await wired())?.idempotent, true);
    await client.register(replica("clock", "a"));
    assert.equal((await wired())?.idempotent, undefined);
  });

  it("change the caller's wiring when a replica comes, goes or changes its weight", async () => {
    await client.register(replica("clock", "a", { pod_ip: "10.0.0.1" }));
    await wired();
    assert.equal(await client.beat("caller"), 200);
    const changes: (() => Promise<unknown>)[] = [
      () => client.register(replica("clock", "b", { pod_ip: "10.0.0.2" })),
      () => client.register(replica("clock", "b", { pod_ip: "10.0.0.2", weight: 50 })),
      () => client.send("DELETE", "/agents/clock-b"),
    ];
    for (const change of changes) {
      await change();
      assert.equal(await client.beat("caller"), 202);
      await wired();
      assert.equal(await client.beat("caller"), 200);
    }
  });

  it("are another agent's once the winner's weight is 0", async () => {
    const older = { pod_ip: "10.0.0.9", tools: [tool("date", { version: "0.9.0" })] };
    await client.register(replica("sundial", "a", older));
    await client.register(replica("clock", "a", { pod_ip: "10.0.0.1", weight: 0 }));
    assert.equal((await wired())?.agent_id, "sundial-a");
    await client.send("DELETE", "/agents/sundial-a");
    assert.equal((await wired())?.agent_id, "clock-a", "it is the only one left");
  });

  it("must be addresses and weights that can be", async () => {
    const wrong = { pod_ip: "clock-a.mesh", weight: 101 };
    const { status, text } = await client.post(replica("clock", "a", wrong));
    assert.equal(status, 400);
    assert.match(text, /pod_ip: must be an IPv4 or IPv6 address/);
    assert.match(text, /weight/);
  });

  it("leave what replicas of schema version 1 compare as those would have written it", async () => {
    const body = replica("clock", "a", { pod_ip: "10.0.0.1", zone: "west" });
    await client.register({ ...body, tools: [tool("date", { idempotent: true })] });
    const { endpoints, idempotent, ...known } = (await wired()) ?? {};
    assert(endpoints && idempotent);
    const { pod_ip, zone, weight, ...plain } = registration.parse(replica("clock", "a"));
    const rows = await sql("SELECT agent_id, digest, wiring, tools FROM agents ORDER BY agent_id");
    const [asks, offers] = rows as Record<string, unknown>[];
    assert.equal(offers?.digest, digestOf(plain));
    assert.equal(asks?.wiring, digestOf({ own: [known] }));
    assert.doesNotMatch(JSON.stringify(offers?.tools), /idempotent/);
  });

  it("are forgotten with a registration that a replica of schema version 1 replaced", async () => {
    await client.register(replica("clock", "a", { pod_ip: "10.0.0.1" }));
    assert.equal((await wired())?.endpoints?.length, 1);
    await sql("UPDATE agents SET http_port = 9090, digest = 'other' WHERE agent_id = 'clock-a'");
    await sql("UPDATE mesh SET generation = generation + 1");
    assert.equal((await wired())?.endpoints, undefined);
  });

  it("bother nobody who was registered before the upgrade and has none", async () => {
    await client.register(replica("clock", "a"));
    await wired();
    // As version 1 left the rows.
    await sql("UPDATE agents SET told = '', placement = NULL");
    assert.equal(await client.beat("caller"), 200);
    await client.register(replica("clock", "a", { pod_ip: "10.0.0.1" }));
    assert.equal(await client.beat("caller"), 202);
  });
});
