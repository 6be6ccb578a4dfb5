import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { MeshAnswer } from "#services/dashboard/src/mesh";
import { declaredAgents } from "#services/registry/src/protocol";
import {
  type Dashboard,
  plainPage,
  RestartableRegistry,
  startDashboard,
} from "#test/contract/dashboard-support";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { agent, tool } from "#test/support/registry";

const { agents: declared } = declaredAgents.parse({
  agents: [
    {
      agent_id: "everything",
      name: "everything",
      version: "2026.8.31",
      http_host: "everything",
      http_port: 8080,
      tools: [tool("echo", { version: "1.0.0", tags: ["demo"] })],
    },
  ],
});

const greeter = {
  ...agent(
    "greeter-1",
    tool("greet", {
      tags: ["polite"],
      dependencies: [{ capability: "echo" }, { capability: "weather", tags: [["eu", "us"]] }],
    }),
  ),
  name: "greeter",
};

async function meshAt(url: string): Promise<MeshAnswer> {
  const response = await fetch(`${url}/api/mesh`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as MeshAnswer;
}

describe("dashboard API", function () {
  this.timeout(120_000);
  let postgres: Postgres | undefined;
  let registry: RestartableRegistry;
  let dashboard: Dashboard | undefined;

  before(async function () {
    postgres = await Postgres.start();
    if (!postgres) this.skip();
  });
  after(() => postgres?.remove());
  beforeEach(async () => {
    assert(postgres);
    registry = await RestartableRegistry.start(await postgres.createDatabase(), declared);
  });
  afterEach(async () => {
    await dashboard?.stop();
    dashboard = undefined;
    await registry.stop();
  });

  it("shows what agents registered, what the deployment declares, and the wiring", async () => {
    await registry.client.register(greeter);
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { url } = dashboard;
    await eventually("it has asked", 5, async () => (await fetch(`${url}/api/mesh`)).ok);
    const { agents, wiring, stale } = await meshAt(url);
    assert.equal(stale, undefined);
    const [everything, greeting] = agents;
    assert.partialDeepStrictEqual(everything, {
      id: "everything",
      mode: "vanilla",
      status: "healthy",
      version: "2026.8.31",
      endpoint: "http://everything:8080",
      tools: [{ name: "echo", capability: "echo", tags: ["demo"], available: true }],
    });
    assert.equal(everything?.lastHeartbeat, undefined);
    assert.partialDeepStrictEqual(greeting, {
      id: "greeter-1",
      name: "greeter",
      mode: "mesh",
      endpoint: "http://greeter-1:8080",
      tools: [{ name: "greet", tags: ["polite"] }],
    });
    assert.ok(Math.abs(Date.parse(greeting?.lastHeartbeat ?? "") - Date.now()) < 60_000);
    const from = { from: "greeter-1", tool: "greet" };
    assert.deepEqual(wiring, [
      { ...from, capability: "echo", tags: [], to: "everything", toTool: "echo" },
      { ...from, capability: "weather", tags: ["eu | us"] },
    ]);
  });

  it("follows the registry: an agent that leaves is gone", async () => {
    await registry.client.register(greeter);
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { url } = dashboard;
    const ids = async () => (await meshAt(url)).agents.map(({ id }) => id).join();
    await eventually("both are there", 5, async () => (await ids()) === "everything,greeter-1");
    assert.equal(await registry.client.status("/live"), 200);
    await registry.client.send("DELETE", "/agents/greeter-1");
    await eventually("one is there", 5, async () => (await ids()) === "everything");
  });

  it("keeps the last answer while the registry is away, says since when, and gets over it", async () => {
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { url } = dashboard;
    await eventually("it has asked", 5, async () => (await meshAt(url)).agents.length === 1);
    const before = Date.now();
    await registry.stop();
    const { stale, agents } = await eventually("it is stale", 5, async () => {
      const answer = await meshAt(url);
      return answer.stale && answer;
    });
    assert.match(stale?.reason ?? "", /ECONNREFUSED|closed|reset/i);
    assert.ok(Math.abs(Date.parse(stale?.since ?? "") - before) < 5_000, stale?.since);
    assert.equal(agents.length, 1);
    assert.equal((await fetch(`${url}/ready`)).status, 200);
    await registry.resume();
    await eventually("it is fresh", 10, async () => (await meshAt(url)).stale === undefined);
  });

  it("answers 503 with the reason while there was never an answer, and is ready all the same", async () => {
    await registry.stop();
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { url } = dashboard;
    const response = await eventually("it has tried", 5, async () => {
      const answer = await fetch(`${url}/api/mesh`);
      const { error } = (await answer.clone().json()) as { error: string };
      return /ECONNREFUSED/.test(error) ? answer : undefined;
    });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "5");
    assert.equal((await fetch(`${url}/ready`)).status, 200);
    assert.equal((await fetch(`${url}/`)).status, 200);
  });

  it("sends nothing again to who has it already", async () => {
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { url } = dashboard;
    await eventually("it has asked", 5, async () => (await fetch(`${url}/api/mesh`)).ok);
    for (const path of ["/api/mesh", "/", "/app.js", "/style.css"]) {
      const etag = (await fetch(url + path)).headers.get("etag") ?? "";
      const again = await fetch(url + path, { headers: { "if-none-match": etag } });
      assert.equal(again.status, 304, path);
    }
  });

  it("is read only, below any path prefix, with a policy that lets nothing in from elsewhere", async () => {
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { url } = dashboard;
    for (const prefix of ["", "/mesh", "/a/b"]) {
      const response = await fetch(`${url}${prefix}/`);
      assert.match(await response.text(), /<title>MCP Mesh/);
      const policy = response.headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.equal((await fetch(`${url}${prefix}/app.js`)).status, 200);
      assert.notEqual((await fetch(`${url}${prefix}/api/mesh`)).status, 404);
    }
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
    assert.equal((await fetch(`${url}/..%2fmain.ts`)).status, 404);
    const post = await fetch(`${url}/api/mesh`, { method: "POST", body: "{}" });
    assert.equal(post.status, 405);
    assert.equal(post.headers.get("allow"), "GET, HEAD");
    await eventually("a look at the registry", 10, async () => {
      return (await fetch(`${url}/api/mesh`, { method: "HEAD" })).status === 200;
    });
  });

  it("keeps connections open between questions", async () => {
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { headers } = await fetch(`${dashboard.url}/live`);
    assert.notEqual(headers.get("connection"), "close");
  });

  it("counts requests and errors, and knows how old its data is", async () => {
    dashboard = await startDashboard(plainPage, registry.client.url);
    const { url } = dashboard;
    const value = async (name: string) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
    };
    await eventually("it has asked", 5, async () => (await fetch(`${url}/api/mesh`)).ok);
    assert.equal(await value("mcp_mesh_dashboard_registry_errors_total"), 0);
    const count = 'request_duration_seconds_count{method="GET",route="/api/mesh",status="200"}';
    assert.ok((await value(`mcp_mesh_dashboard_${count}`)) >= 1);
    await registry.stop();
    await eventually("errors are counted", 5, async () => {
      return (await value("mcp_mesh_dashboard_registry_errors_total")) > 0;
    });
    await eventually("the data gets older", 5, async () => {
      return (await value("mcp_mesh_dashboard_data_age_seconds")) > 1;
    });
  });
});

describe("dashboard and a registry that answers wrongly", function () {
  this.timeout(60_000);
  let fake: Server;
  let dashboard: Dashboard;
  afterEach(async () => {
    await dashboard.stop();
    fake.close();
    fake.closeAllConnections();
  });

  const complaint = async (listener: RequestListener): Promise<string> => {
    fake = createServer(listener).listen(0, "127.0.0.1");
    await once(fake, "listening");
    const { port } = fake.address() as AddressInfo;
    dashboard = await startDashboard(plainPage, `http://127.0.0.1:${port}`);
    return eventually("it has tried", 15, async () => {
      const body = (await (await fetch(`${dashboard.url}/api/mesh`)).json()) as { error?: string };
      return !/not been asked/.test(body.error ?? "") && (body.error ?? "no error");
    });
  };

  it("names the field that is wrong, and ignores fields that it does not know", async () => {
    const body = { agents: [{ id: "a", status: "healthy", colour: "red", capabilities: 7 }] };
    const error = await complaint((_, response) => response.end(JSON.stringify(body)));
    assert.match(error, /agents\[0\]\.capabilities/);
    assert.doesNotMatch(error, /colour/);
  });
  it("takes no page of HTML for an answer", async () => {
    assert.match(await complaint((_, response) => response.end("<html>")), /not JSON/);
  });
  it("gives up on an endless answer", async () => {
    const error = await complaint((_, response) => {
      const chunk = " ".repeat(1 << 20);
      const more = () => {
        while (response.write(chunk));
      };
      response.on("drain", more);
      more();
    });
    assert.match(error, /larger than/);
  });
  it("gives up on a registry that keeps silent", async () => {
    assert.match(await complaint(() => {}), /within 5 s/);
  });
  it("follows no redirect", async () => {
    const error = await complaint((_, response) => {
      response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    });
    assert.match(error, /redirect/);
  });
});
