import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { schemaVersion } from "#services/registry/src/schema";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { agent, Client, tool } from "#test/support/registry";

const declaredFile = {
  agents: [
    {
      agent_id: "everything",
      name: "everything",
      version: "1.0.0",
      namespace: "default",
      http_host: "everything",
      http_port: 8080,
      tools: [tool("echo", { version: "1.0.0", tags: [] })],
    },
  ],
};

/** A process of the bundled registry, and the JSON lines that it has logged. */
class Process {
  readonly child: ChildProcess;
  readonly logged: Record<string, unknown>[] = [];
  #rest = "";

  constructor(command: string, args: string[], env: Record<string, string>) {
    this.child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (this.#rest + chunk).split("\n");
      this.#rest = lines.pop() ?? "";
      this.logged.push(...lines.map((line) => JSON.parse(line)));
    });
  }

  /** The client of a server, once it says where it listens. */
  client(): Promise<Client> {
    return eventually("the registry serves", 30, async () => {
      const serving = this.logged.find(({ msg }) => msg === "serving");
      return serving && new Client(Number(serving.port));
    });
  }

  async exit(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, "exit");
    }
    return this.child.exitCode;
  }
}

describe("registry process", function () {
  this.timeout(120_000);
  let dir: string;
  let bundle: string;
  let postgres: Postgres | undefined;
  let env: Record<string, string>;
  let processes: Process[] = [];

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "mcp-mesh-registry-"));
    bundle = join(dir, "registry.mjs");
    await build({
      entryPoints: ["services/registry/src/main.ts"],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      banner: {
        js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
      },
    });
    postgres = await Postgres.start();
  });
  beforeEach(async function () {
    if (!postgres) return this.skip();
    const { host, port, database, user, passwordFile, tls } = await postgres.createDatabase();
    env = {
      HOST: "127.0.0.1",
      PORT: "0",
      DRAIN_SECONDS: "3",
      DATABASE_HOST: host,
      DATABASE_PORT: String(port),
      DATABASE_NAME: database,
      DATABASE_USER: user,
      DATABASE_PASSWORD_FILE: passwordFile,
      DATABASE_CA_FILE: tls?.caFile ?? "",
    };
  });
  afterEach(async () => {
    for (const one of processes) one.child.kill("SIGKILL");
    await Promise.all(processes.map((one) => one.exit()));
    processes = [];
  });
  after(async () => {
    await postgres?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  function start(args: string[], more: Record<string, string> = {}): Process {
    const started = new Process(process.execPath, [bundle, ...args], { ...env, ...more });
    processes.push(started);
    return started;
  }

  /** Runs to the end and returns the exit code and what was written for a person. */
  async function run(args: string[], more: Record<string, string> = {}) {
    const { child, ...rest } = start(args, more);
    const stderr = child.stderr ? text(child.stderr) : "";
    const [code] = await once(child, "exit");
    return { code, stderr: await stderr, ...rest };
  }

  it("migrates from two processes at once, then serves as one file with nothing beside it", async () => {
    const both = await Promise.all([run(["migrate"]), run(["migrate"])]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    const applied = both
      .flatMap(({ logged }) => logged)
      .filter(({ version, name }) => version && name)
      .map(({ version }) => version);
    // Each once, whichever of the two it was.
    const versions = Array.from({ length: schemaVersion }, (_, index) => index + 1);
    assert.deepEqual(applied.toSorted(), versions);
    const told = (await run(["schema"])).logged.at(-1)?.applied as object[];
    assert.equal(told.length, schemaVersion);

    const client = await start([]).client();
    assert.equal(await client.status("/ready"), 200);
    await client.register(agent("a", tool("date")));
    assert.equal(await client.beat("a"), 200);
  });

  it("drains on SIGTERM: unready, still serving, then finishing what is under way, exit 0", async () => {
    await run(["migrate"]);
    const server = start(["serve"]);
    const client = await server.client();
    const body = JSON.stringify(agent("a", tool("date")));
    const slow = request(`${client.url}/heartbeat`, {
      method: "POST",
      headers: { "content-length": body.length },
    });
    const answered = once(slow, "response");
    slow.write(body.slice(0, 10));
    assert.equal(await client.status("/ready"), 200);

    server.child.kill("SIGTERM");
    await eventually("unready", 3, async () => (await client.status("/ready")) === 503);
    assert.match((await client.send("GET", "/ready")).text, /draining/);
    assert.equal(await client.status("/agents"), 200);
    await eventually("no new connections", 15, async () =>
      client.status("/live").then(
        () => false,
        () => true,
      ),
    );
    assert.equal(server.child.exitCode, null);
    slow.end(body.slice(10));
    const [response] = await answered;
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers.connection, "close");
    assert.equal(JSON.parse(await text(response)).agent_id, "a");
    assert.equal(await server.exit(), 0);
    assert.equal(server.logged.at(-1)?.msg, "stopped");
  });

  it("ends on SIGTERM as process 1 of its namespace", async function () {
    if (process.getuid?.() !== 0) {
      console.log("      needs root, to make a process namespace");
      this.skip();
    }
    const args = ["--pid", "--fork", "--kill-child", process.execPath, bundle];
    const server = new Process("unshare", args, { ...env, DRAIN_SECONDS: "0" });
    processes.push(server);
    await server.client();
    const pid = server.child.pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    process.kill(Number(children), "SIGTERM");
    assert.equal(await server.exit(), 0);
  });

  it("logs one JSON object a line, from the chosen level on", async () => {
    const file = join(dir, "declared.json");
    writeFileSync(file, JSON.stringify(declaredFile));
    const server = start([], { LOG_LEVEL: "debug", MCP_MESH_DECLARED_AGENTS: file });
    const client = await server.client();
    assert.equal(await client.status("/live"), 200);
    const line = await eventually("the request is logged", 5, async () =>
      server.logged.find(({ path }) => path === "/live"),
    );
    assert.partialDeepStrictEqual(line, { level: "debug", msg: "request", status: 200 });
    assert(!Number.isNaN(Date.parse(String(line.time))), String(line.time));
    assert.equal(server.logged.find(({ msg }) => msg === "serving")?.declared_agents, 1);
  });

  it("waits for a database that starts after it, when it migrates", async () => {
    assert(postgres);
    await postgres.stop();
    const migration = start(["migrate"]);
    await eventually("it waits", 30, async () =>
      migration.logged.some(({ msg }) => msg === "waiting for the database"),
    );
    await postgres.resume();
    assert.equal(await migration.exit(), 0);
  });

  it("refuses a wrong environment before it starts, naming every variable", async () => {
    const { code, stderr } = await run([], { PORT: "http", DATABASE_HOST: "", LOG_LEVEL: "loud" });
    assert.equal(code, 2);
    for (const name of ["PORT", "DATABASE_HOST", "LOG_LEVEL"]) {
      assert.match(stderr, new RegExp(`^${name}: `, "m"));
    }
  });

  it("refuses a wrong file of declared agents, naming every field", async () => {
    const [good] = declaredFile.agents;
    const wrong = [good, { ...good, http_port: 0, tools: [tool("echo", { capabilty: "x" })] }];
    const file = join(dir, "wrong.json");
    writeFileSync(file, JSON.stringify({ agents: wrong }));
    const { code, stderr } = await run([], { MCP_MESH_DECLARED_AGENTS: file });
    assert.equal(code, 2);
    assert.match(stderr, /agents\[1\]\.http_port/);
    assert.match(stderr, /agents\[1\]\.tools\[0\].*capabilty/);

    writeFileSync(file, JSON.stringify({ agents: [good, good] }));
    const twice = await run([], { MCP_MESH_DECLARED_AGENTS: file });
    assert.match(twice.stderr, /agents\[1\]\.agent_id: "everything" is declared twice/);
    const missing = await run([], { MCP_MESH_DECLARED_AGENTS: join(dir, "none.json") });
    assert.match(missing.stderr, /MCP_MESH_DECLARED_AGENTS: cannot read .*none\.json/);
  });

  it("explains itself with --help and refuses other commands", async () => {
    const help = spawn(process.execPath, [bundle, "--help"]);
    assert.match(await text(help.stdout), /^Usage: registry/);
    const { code, stderr } = await run(["reload"]);
    assert.equal(code, 2);
    assert.match(stderr, /There is no command "reload"/);
    assert.match((await run(["rollback"])).stderr, /To which version\?/);
  });
});
