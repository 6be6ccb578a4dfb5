import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { loadConfig } from "#services/dashboard/src/config";
import { buildPage } from "#services/dashboard/src/page/build";
import { buildRunbooks } from "#services/dashboard/src/runbooks/build";
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
    buildRunbooks("docs/runbooks", join(dir, "runbooks"));
    writeFileSync(join(dir, "password"), "correct horse battery\n");
    writeFileSync(join(dir, "keys"), `${"k".repeat(44)}\n`);
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
      PROMETHEUS_URL: "http://127.0.0.1:1/",
      ...{ LOCAL_PASSWORD_FILE: join(dir, "password"), SESSION_KEYS_FILE: join(dir, "keys") },
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
    assert.deepEqual(
      complaints.map(({ msg }) => msg).toSorted(),
      ["Prometheus can't be read", "the registry can't be read"],
      "one line for whoever is away, not one a second",
    );
  });

  it("refuses a wrong environment before it starts, naming every variable", async () => {
    const { exited, err } = start({ PORT: "http", MCP_MESH_REGISTRY_URL: "registry:8000" });
    const [code] = await exited;
    assert.equal(code, 2);
    assert.match(await err, /^PORT: /m);
    assert.match(await err, /^MCP_MESH_REGISTRY_URL: must be the http/m);
  });

  it("refuses settings by which nobody or anybody could log in", async () => {
    const base = { MCP_MESH_REGISTRY_URL: "http://127.0.0.1:1" };
    const file = join(dir, "password");
    const oidc = {
      ...{ OIDC_ISSUER: "https://login.example.com", SESSION_KEYS_FILE: join(dir, "keys") },
      ...{ OIDC_CLIENT_ID: "mesh", OIDC_CLIENT_SECRET_FILE: file, PUBLIC_URL: "https://m.example" },
    };
    const wrong: [Record<string, string>, RegExp][] = [
      [{}, /^LOCAL_PASSWORD_FILE: nobody could log in/m],
      [{ LOCAL_PASSWORD_FILE: file }, /^SESSION_KEYS_FILE: name the file/m],
      [{ OPEN_BECAUSE: "no" }, /^OPEN_BECAUSE: must say in a sentence/m],
      [
        { OPEN_BECAUSE: "It is a test.", LOCAL_PASSWORD_FILE: file },
        /^OPEN_BECAUSE: opens the page/m,
      ],
      [oidc, /^OIDC_ALLOWED_GROUPS: nobody could log in/m],
      [{ ...oidc, OIDC_ALLOWED_GROUPS: "operators" }, /^OIDC_ALLOWED_GROUPS: must be a JSON list/m],
      [{ ...oidc, OIDC_ISSUER: "http://login.example.com" }, /^OIDC_ISSUER: must be an https/m],
      [{ ...oidc, PUBLIC_URL: "" }, /^PUBLIC_URL: /m],
    ];
    for (const [env, message] of wrong) {
      assert.throws(() => loadConfig({ ...base, ...env }), { message }, JSON.stringify(env));
    }
    const { exited, err } = start(base);
    assert.equal((await exited)[0], 2);
    assert.match(await err, /nobody could log in/);
    const good = { ...oidc, OIDC_ALLOWED_DOMAINS: '["example.com"]' };
    assert.equal(loadConfig({ ...base, ...good }).publicUrl?.href, "https://m.example/");
  });
});
