import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Serving } from "#services/registry/src/serve";
import { Postgres } from "#test/support/postgres";
import { agent, type Client, startReplica, tool } from "#test/support/registry";

interface Exchange {
  method: string;
  path: string;
  request: unknown;
  status: number;
  response: Record<string, unknown> | null;
}

const recorded: { exchanges: Exchange[] } = JSON.parse(
  readFileSync("test/fixtures/upstream-exchange.json", "utf8"),
);

const consumer = (id: string, ...dependencies: unknown[]) =>
  agent(id, tool(`own-${id}`, { dependencies }));

describe("registry protocol", function () {
  this.timeout(120_000);
  let postgres: Postgres | undefined;
  let replica: Serving & { client: Client };
  let client: Client;

  before(async function () {
    postgres = await Postgres.start();
    if (!postgres) return this.skip();
    replica = await startReplica(await postgres.createDatabase());
    client = replica.client;
  });
  afterEach(async () => {
    for (const id of Object.keys(await client.agents())) {
      await client.send("DELETE", `/agents/${id}`);
    }
  });
  after(async () => {
    await replica?.stop();
    await postgres?.remove();
  });

  it("answers the recorded exchange of an upstream agent as the upstream registry did", async () => {
    for (const { method, path, request, status, response } of recorded.exchanges) {
      const body = request === null ? undefined : JSON.stringify(request);
      const reply = await client.send(method, path, body);
      assert.equal(reply.status, status, `${method} ${path}: ${reply.text}`);
      if (response === null) {
        assert.equal(reply.text, "");
        continue;
      }
      assert.match(reply.headers.get("content-type") ?? "", /^application\/json/);
      const { timestamp, ...answer } = JSON.parse(reply.text);
      const { timestamp: _, ...expected } = response;
      assert.deepEqual(answer, expected);
      assert(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000, timestamp);
    }
  });

  it("tells an agent 200 until its own wiring changes, then 202 until it posts again", async () => {
    const body = consumer("z", { capability: "date" });
    assert.deepEqual(await client.register(body), {});
    assert.equal(await client.beat("z"), 200);

    await client.register(agent("a", tool("date", { kwargs: { timeout: 5 } })));
    assert.equal(await client.beat("z"), 202);
    assert.equal(await client.beat("z"), 202);
    assert.deepEqual(await client.register(body), {
      "own-z": [
        {
          agent_id: "a",
          capability: "date",
          endpoint: "http://a:8080",
          function_name: "date",
          kwargs: { timeout: 5 },
          status: "available",
        },
      ],
    });
    assert.equal(await client.beat("z"), 200);

    assert.equal((await client.send("DELETE", "/agents/a")).status, 204);
    assert.equal(await client.beat("z"), 202);
    assert.deepEqual(await client.register(body), {});
    assert.equal(await client.beat("z"), 200);
  });

  it("tells 202 when a provider changes its address, but not when it registers the same again", async () => {
    const provider = agent("a", tool("date"));
    await client.register(provider);
    await client.register(consumer("z", { capability: "date" }));
    await client.register(provider);
    assert.equal(await client.beat("z"), 200);
    await client.register({ ...provider, http_port: 9090 });
    assert.equal(await client.beat("z"), 202);
  });

  it("leaves agents in peace whose wiring a change does not touch", async () => {
    await client.register(agent("a", tool("date")));
    await client.register(consumer("y", { capability: "date" }));
    await client.register(consumer("z", { capability: "weather" }));
    await client.register(agent("b", tool("weather")));
    assert.equal(await client.beat("z"), 202);
    assert.equal(await client.beat("y"), 200);
    assert.equal(await client.beat("a"), 200);
  });

  it("passes a lost requirement on to the agents further up", async () => {
    const requires = tool("report", { dependencies: [{ capability: "date", required: true }] });
    const top = consumer("z", { capability: "report" });
    await client.register(agent("a", tool("date")));
    await client.register(agent("b", requires));
    assert.deepEqual(Object.keys(await client.register(top)), ["own-z"]);
    await client.send("DELETE", "/agents/a");
    assert.equal(await client.beat("z"), 202);
    assert.deepEqual(await client.register(top), {});
    const { b } = await client.agents();
    assert.partialDeepStrictEqual(b, {
      status: "healthy",
      capabilities: [
        { name: "report", available: false, unavailable_reason: "required dep 'date' unresolved" },
      ],
    });
  });

  it("tells 410 to an agent that it does not know", async () => {
    assert.equal(await client.beat("nobody"), 410);
    await client.register(agent("a", tool("date")));
    await client.send("DELETE", "/agents/a");
    assert.equal(await client.beat("a"), 410);
    assert.equal((await client.send("DELETE", "/agents/a")).status, 404);
  });

  it("lists agents by namespace, status and capability", async () => {
    await client.register(agent("a", tool("date", { tags: ["time"], version: "1.2.0" })));
    await client.register(consumer("z", { capability: "date", tags: ["time"] }));
    await client.register({ ...agent("b", tool("date")), namespace: "blue" });
    const ids = async (query: string) => Object.keys(await client.agents(query));
    assert.deepEqual(await ids(""), ["a", "b", "z"]);
    assert.deepEqual(await ids("?namespace=blue"), ["b"]);
    assert.deepEqual(await ids("?capability=date"), ["a", "b"]);
    assert.deepEqual(await ids("?capability=date&namespace=default&status=healthy"), ["a"]);
    assert.deepEqual(await ids("?status=unhealthy"), []);
    const { a, z } = await client.agents();
    assert.partialDeepStrictEqual(a, {
      id: "a",
      name: "a",
      agent_type: "mcp_agent",
      runtime: "python",
      namespace: "default",
      status: "healthy",
      declared: false,
      endpoint: "http://a:8080",
      capabilities: [{ name: "date", version: "1.2.0", function_name: "date", tags: ["time"] }],
      total_dependencies: 0,
    });
    assert.partialDeepStrictEqual(z, {
      total_dependencies: 1,
      dependencies_resolved: 1,
      dependency_resolutions: [
        {
          function_name: "own-z",
          capability: "date",
          tags: ["time"],
          mcp_tool: "date",
          provider_agent_id: "a",
          endpoint: "http://a:8080",
          status: "available",
        },
      ],
    });
  });

  it("answers health, liveness, readiness and metrics", async () => {
    const health = await client.send("GET", "/health");
    assert.equal(health.status, 200);
    assert.partialDeepStrictEqual(JSON.parse(health.text), {
      status: "healthy",
      version: "0.1.0",
      service: "mcp-mesh-registry",
    });
    assert.equal((await client.send("HEAD", "/health")).status, 200);
    assert.equal(await client.status("/live"), 200);
    assert.equal(await client.status("/ready"), 200);
    await client.register(agent("a", tool("date")));
    const { text } = await client.send("GET", "/metrics");
    assert.match(text, /^mcp_mesh_registry_agents\{status="healthy"\} 1$/m);
    assert.match(text, /^mcp_mesh_registry_database_up 1$/m);
    assert.match(text, /^mcp_mesh_build_info\{version="0\.1\.0"\} 1$/m);
    for (const state of ["idle", "busy", "waiting"]) {
      assert.match(
        text,
        new RegExp(`^mcp_mesh_registry_database_connections\\{state="${state}"\\} \\d+$`, "m"),
      );
    }
    assert.match(
      text,
      /^mcp_mesh_registry_request_duration_seconds_count\{method="POST",route="\/heartbeat",status="200"\} [1-9]\d*$/m,
    );
  });

  it("counts what agents depend on by whether somebody offers it", async () => {
    const counted = async (state: string) => {
      const { text } = await client.send("GET", "/metrics");
      return new RegExp(`^mcp_mesh_registry_dependencies\\{state="${state}"\\} (.*)$`, "m").exec(
        text,
      )?.[1];
    };
    const wishes = [{ capability: "date" }, { capability: "weather" }];
    await client.register(agent("a", tool("plan", { dependencies: wishes })));
    assert.deepEqual([await counted("resolved"), await counted("unresolved")], ["0", "2"]);
    await client.register(agent("b", tool("date")));
    assert.deepEqual([await counted("resolved"), await counted("unresolved")], ["1", "1"]);
  });

  describe("refuses", () => {
    const good = agent("a", tool("date"));
    const table: [what: string, body: unknown, paths: string[]][] = [
      ["a registration without tools", { agent_id: "a" }, ["tools"]],
      ["an id with other characters", { ...good, agent_id: "a/b" }, ["agent_id"]],
      ["an id of 65 characters", { ...good, agent_id: "a".repeat(65) }, ["agent_id"]],
      ["a port out of range", { ...good, http_port: 65536 }, ["http_port"]],
      ["an unknown kind of agent", { ...good, agent_type: "robot" }, ["agent_type"]],
      [
        "every wrong field at once",
        { ...good, http_port: "80", tools: [{ function_name: "f", tags: [1] }] },
        ["http_port", "tools[0].capability", "tools[0].tags[0]"],
      ],
      ["a body that is no object", [], [""]],
    ];
    for (const [what, body, paths] of table) {
      it(`${what}, naming the fields`, async () => {
        const { status, text } = await client.post(body);
        assert.equal(status, 400, text);
        const { error, details } = JSON.parse(text);
        assert.deepEqual(
          details.issues.map(({ path }: { path: string }) => path),
          paths,
        );
        for (const path of paths) assert(error.includes(path), error);
      });
    }

    it("what is not JSON, and text that cannot be stored", async () => {
      for (const body of ["{", '{"agent_id": "a\\u0000"}', '{"\\ud800": 1}']) {
        assert.equal((await client.send("POST", "/heartbeat", body)).status, 400, body);
      }
    });

    it("a body of more than a mebibyte with 413", async () => {
      const body = { ...good, description: "x".repeat(1 << 20) };
      assert.equal((await client.post(body)).status, 413);
      assert.equal(await client.beat("a"), 410);
    });

    it("unknown paths with 404, and other methods with 405 and the ones allowed", async () => {
      assert.equal(await client.status("/nothing"), 404);
      assert.equal(await client.status("/agents/a/b"), 404);
      const { status, headers } = await client.send("PUT", "/heartbeat", "{}");
      assert.equal(status, 405);
      assert.equal(headers.get("allow"), "POST");
    });

    it("ids and filters that cannot exist", async () => {
      assert.equal(await client.beat("a%20b"), 400);
      assert.equal((await client.send("DELETE", "/agents/a%20b")).status, 400);
      assert.equal(await client.status("/agents?status=dead"), 400);
    });
  });

  it("ignores fields it does not know, and takes null for what is left out", async () => {
    const body = { ...agent("a", tool("date", { llm_filter: {}, tags: null })), surfaces: [] };
    assert.equal((await client.post({ ...body, namespace: null, future: 1 })).status, 200);
    assert.equal((await client.agents()).a?.namespace, "default");
  });
});
