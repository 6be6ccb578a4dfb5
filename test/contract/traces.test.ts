import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { projectRoot } from "#local/setup/environment";
import { migrate } from "#services/registry/src/migrations";
import { Agent, freePorts } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { Collector, type ReceivedSpan } from "#test/support/otlp";
import { Postgres } from "#test/support/postgres";
import { silent } from "#test/support/registry";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const traceparent = `00-${TRACE}-${CALLER}-01`;

describe("A trace through the mesh", function () {
  this.timeout(120_000);
  let postgres: Postgres | undefined;
  let collector: Collector;
  let registry: ChildProcess;
  let registryLog = "";
  let greeter: Agent;
  let echo: Agent;
  let calling: ReceivedSpan;

  before(async function () {
    postgres = await Postgres.start();
    if (!postgres) return this.skip();
    collector = await new Collector().start();
    const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "100" };
    const database = await postgres.createDatabase();
    await migrate(database, silent);
    const [port = 0] = await freePorts(1);
    const registryUrl = `http://127.0.0.1:${port}`;
    registry = spawn(
      process.execPath,
      [
        "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
        join(projectRoot, "services/registry/src/main.ts"),
      ],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          PORT: String(port),
          DRAIN_SECONDS: "0",
          LOG_LEVEL: "debug",
          DATABASE_HOST: database.host,
          DATABASE_PORT: String(database.port),
          DATABASE_NAME: database.database,
          DATABASE_USER: database.user,
          DATABASE_PASSWORD_FILE: database.passwordFile,
          DATABASE_CA_FILE: database.tls?.caFile,
          ...tracing,
        },
      },
    );
    registry.stdout?.setEncoding("utf8").on("data", (text) => {
      registryLog += text;
    });
    const env = {
      MCP_MESH_REGISTRY_URL: registryUrl,
      MCP_MESH_HTTP_HOST: "127.0.0.1",
      ...tracing,
    };
    echo = await Agent.start({
      runtime: true,
      script: "test/fixtures/echo-agent.ts",
      env: {
        ...env,
        MCP_MESH_AGENT_NAME: "echo",
        MCP_MESH_POD: "echo-1-1",
        ASKED_SERVICE: `${registryUrl}/agents`,
        OTEL_SERVICE_NAME: "echo-service",
        OTEL_RESOURCE_ATTRIBUTES: "service.version=2.0.0,k8s.pod.name=echo-1-1",
      },
    });
    await eventually("the provider", 30, async () => (await echo.probe("/ready")) === 200);
    greeter = await Agent.start({ runtime: true, env });
    await eventually("the caller", 30, async () => (await greeter.probe("/ready")) === 200);
    await call({ traceparent, baggage: "team=blue" });
    calling = await received("tools/call greet", "server");
  });
  after(async () => {
    await greeter?.stop("SIGKILL");
    await echo?.stop("SIGKILL");
    if (registry?.exitCode === null) {
      registry.kill("SIGKILL");
      await once(registry, "exit");
    }
    collector?.stop();
    await postgres?.remove();
  });

  /** Calls the greeter as a client does that belongs to a trace. */
  async function call(meta: Record<string, string>, headers: Record<string, string> = {}) {
    const client = new Client({ name: "test", version: "1.0.0" });
    const url = new URL(`http://127.0.0.1:${greeter.port}/mcp`);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
    const params = { name: "greet", arguments: { name: "you" }, _meta: meta };
    const { content } = await client.callTool(params);
    await client.close();
    return content as { text: string }[];
  }

  /** The span of that name in the trace, once it has been sent. */
  const received = (name: string, kind: ReceivedSpan["kind"], trace = TRACE) =>
    eventually(`${kind} span ${name}`, 15, async () =>
      collector.named(name, kind).find(({ traceId }) => traceId === trace),
    );

  it("goes from the client over the agent and its dependency to the registry and its database", async () => {
    const outgoing = await received("tools/call echo", "client");
    const serving = await received("tools/call echo", "server");
    const asked = await received("GET /agents", "server");
    const query = await received("SELECT agents", "client");
    assert.deepEqual(
      [calling, outgoing, serving, asked, query].map((span) => span.parentSpanId),
      [CALLER, calling, outgoing, serving, asked].map((span) =>
        typeof span === "string" ? span : span.spanId,
      ),
    );
    assert.deepEqual(
      [calling, serving, asked].map(({ resource }) => resource["service.name"]),
      ["greeter", "echo-service", "registry"],
    );
    assert.equal(serving.resource["service.version"], "2.0.0");
    assert.equal(serving.resource["k8s.pod.name"], "echo-1-1");
    assert.ok([calling, outgoing, serving, asked, query].every(({ failed }) => !failed));
  });

  it("names what was called by the conventions of OpenTelemetry", async () => {
    assert.partialDeepStrictEqual(calling.attributes, {
      "mcp.method.name": "tools/call",
      "mcp.protocol.version": "2025-11-25",
      "gen_ai.tool.name": "greet",
      "gen_ai.operation.name": "execute_tool",
    });
    const outgoing = await received("tools/call echo", "client");
    assert.partialDeepStrictEqual(outgoing.attributes, {
      "gen_ai.tool.name": "echo",
      "mcp_mesh.capability": "echo",
      "server.address": "127.0.0.1",
    });
    const query = await received("SELECT agents", "client");
    assert.partialDeepStrictEqual(query.attributes, {
      "db.system.name": "postgresql",
      "db.operation.name": "SELECT",
      "db.collection.name": "agents",
    });
  });

  it("shows a registration with all that it asks of the database", async () => {
    const registered = await eventually("a registration", 15, async () =>
      collector.named("POST /heartbeat", "client").at(0),
    );
    const served = await received("POST /heartbeat", "server", registered.traceId);
    assert.equal(served.parentSpanId, registered.spanId);
    const insert = await received("INSERT agents", "client", registered.traceId);
    assert.equal(insert.parentSpanId, served.spanId);
    assert.doesNotMatch(String(insert.attributes["db.query.text"]), /greeter/);
  });

  it("is named in the registry's log lines", async () => {
    const asked = await received("GET /agents", "server");
    const lines = registryLog
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    const own = lines.filter(({ trace_id }) => trace_id === TRACE);
    assert.deepEqual(
      own.map(({ msg, path, span_id }) => [msg, path, span_id]),
      [["request", "/agents", asked.spanId]],
    );
  });

  it("prefers the context of the message to that of HTTP, which it links", async () => {
    const other = { trace: "11111111111111111111111111111111", span: "2222222222222222" };
    const message = { trace: "33333333333333333333333333333333", span: "4444444444444444" };
    await call(
      { traceparent: `00-${message.trace}-${message.span}-01` },
      { traceparent: `00-${other.trace}-${other.span}-01` },
    );
    const span = await received("tools/call greet", "server", message.trace);
    assert.equal(span.parentSpanId, message.span);
    assert.deepEqual(
      span.links.map(({ traceId, spanId }) => [traceId, spanId]),
      [[other.trace, other.span]],
    );
    const listing = await received("initialize", "server", other.trace);
    assert.equal(listing.parentSpanId, other.span, "HTTP's context where the message has none");
  });

  it("is not sent where the client did not sample it", async () => {
    const [unsampled, sampled] = ["5", "6"].map((digit) => digit.repeat(32));
    await call({ traceparent: `00-${unsampled}-${CALLER}-00` });
    await call({ traceparent: `00-${sampled}-${CALLER}-01` });
    await received("GET /agents", "server", sampled);
    assert.deepEqual(
      collector.spans.filter(({ traceId }) => traceId === unsampled),
      [],
    );
  });

  it("is sent to its end when the agent is told to stop", async () => {
    const trace = "7".repeat(32);
    await call({ traceparent: `00-${trace}-${CALLER}-01` });
    await greeter.stop();
    assert.ok(collector.named("tools/call greet", "server").some((span) => span.traceId === trace));
  });
});
