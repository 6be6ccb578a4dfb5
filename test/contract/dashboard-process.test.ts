import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { buildPage } from "#services/dashboard/src/page/build";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";
import { run } from "#test/support/project";

describe("dashboard process", function () {
  this.timeout(60_000);
  let dir: string;
  let program: string;
  let child: ChildProcess | undefined;

  before(async () => {
    // As in the image: one file, and the page beside it.
    dir = mkdtempSync(join(tmpdir(), "mcp-mesh-dashboard-"));
    program = join(dir, "dashboard.mjs");
    const entry = `${program}=services/dashboard/src/main.ts`;
    const { code, text } = await run(process.execPath, ["images/bundle.mjs", entry]);
    assert.equal(code, 0, text);
    await buildPage(join(dir, "page"));
  });
  after(() => rmSync(dir, { recursive: true }));
  afterEach(() => child?.kill("SIGKILL"));

  const start = (env: Record<string, string>) => {
    child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] });
    assert(child.stdout && child.stderr);
    return { child, exited: once(child, "exit"), out: text(child.stdout), err: text(child.stderr) };
  };
  const status = (url: string) =>
    fetch(url).then(
      (response) => response.status,
      () => undefined,
    );

  it("serves the page, and on SIGTERM drains: unready, still serving, exit 0", async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const { child, exited, out } = start({
      ...{ HOST: "127.0.0.1", PORT: String(port), DRAIN_SECONDS: "2" },
      MCP_MESH_REGISTRY_URL: "http://127.0.0.1:1/",
    });
    await eventually("it is ready", 20, async () => (await status(`${url}/ready`)) === 200);
    for (const path of ["/", "/app.js", "/style.css", "/icon.svg", "/live", "/metrics"]) {
      assert.equal(await status(url + path), 200, path);
    }
    child.kill("SIGTERM");
    await eventually("it is unready", 2, async () => (await status(`${url}/ready`)) === 503);
    assert.equal(await status(`${url}/`), 200);
    const [code] = await exited;
    assert.equal(code, 0);
    const logged = (await out)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(logged.at(-1).msg, "stopped");
    const complaints = logged.filter(({ level }) => level === "warn");
    assert.equal(complaints.length, 1, "one line for a registry that is away, not one a second");
  });

  it("refuses a wrong environment before it starts, naming every variable", async () => {
    const { exited, err } = start({ PORT: "http", MCP_MESH_REGISTRY_URL: "registry:8000" });
    const [code] = await exited;
    assert.equal(code, 2);
    assert.match(await err, /^PORT: /m);
    assert.match(await err, /^MCP_MESH_REGISTRY_URL: must be the http/m);
  });
});
