import assert from "node:assert/strict";
import type { SessionAnswer } from "#services/dashboard/src/api";
import { createSeal } from "#services/dashboard/src/auth/seal";
import {
  builtRunbooks,
  type Dashboard,
  plainPage,
  startDashboard,
} from "#test/contract/dashboard-support";
import { KEYS, Secrets, Visitor } from "#test/contract/dashboard-visitor";
import { eventually } from "#test/support/eventually";

const REGISTRY = "http://127.0.0.1:1";
const PASSWORD = "correct horse battery";
const OPEN = ["/live", "/ready", "/metrics", "/api/session", "/", "/app.js", "/style.css"];
const CLOSED = [
  ...["/api/mesh", "/api/status", "/api/charts", "/api/charts/calls?range=900"],
  ...["/runbooks/", "/runbooks/RegistryDown"],
];

describe("dashboard login by password", function () {
  this.timeout(60_000);
  const secrets = new Secrets();
  const runbooks = builtRunbooks();
  let dashboard: Dashboard;
  let visitor: Visitor;

  const start = (settings: Parameters<typeof startDashboard>[2] = {}, keys = KEYS.slice(0, 1)) =>
    startDashboard(plainPage, REGISTRY, {
      login: {
        keysFile: secrets.write("keys", keys.join("\n")),
        lifetimes: { absolute: 3_600, idle: 600 },
        local: { name: "admin", passwordFile: secrets.write("password", PASSWORD) },
      },
      runbooks,
      ...settings,
    });
  const login = (who: Visitor, password = PASSWORD, headers: Record<string, string> = {}) =>
    who.post(`${dashboard.url}/api/login`, { name: "admin", password }, headers);
  const session = async (who: Visitor): Promise<SessionAnswer> => {
    const response = await who.fetch(`${dashboard.url}/api/session`);
    return (await response.json()) as SessionAnswer;
  };
  const cookie = (who: Visitor) => who.cookies(dashboard.url).get("mcp-mesh-session") ?? "";

  beforeEach(async () => {
    visitor = new Visitor();
    dashboard = await start();
  });
  afterEach(() => dashboard.stop());
  after(() => secrets.remove());

  it("shows nothing of the mesh to those without a session, and tells them how to log in", async () => {
    for (const prefix of ["", "/mesh"]) {
      for (const path of CLOSED) {
        const response = await visitor.fetch(dashboard.url + prefix + path);
        assert.equal(response.status, 401, prefix + path);
        assert.doesNotMatch(await response.text(), /Meaning|Mitigation|agents/);
      }
    }
    for (const path of OPEN) {
      assert.equal((await visitor.fetch(dashboard.url + path)).status, 200, path);
    }
    const { user, login: ways } = await session(visitor);
    assert.deepEqual([user, ways], [undefined, { local: true }]);
  });

  it("lets the local user in, says who he is, and forgets him at logout", async () => {
    assert.equal((await login(visitor)).status, 204);
    assert.deepEqual((await session(visitor)).user, { name: "admin", via: "local" });
    for (const path of CLOSED.filter((path) => path.startsWith("/runbooks"))) {
      assert.equal((await visitor.fetch(dashboard.url + path)).status, 200, path);
    }
    // The registry is away, which is another answer than none for strangers.
    assert.equal((await visitor.fetch(`${dashboard.url}/api/mesh`)).status, 503);
    assert.equal((await visitor.post(`${dashboard.url}/api/logout`)).status, 204);
    assert.equal((await session(visitor)).user, undefined);
    assert.equal((await visitor.fetch(`${dashboard.url}/api/mesh`)).status, 401);
  });

  it("answers a wrong name as it does a wrong password", async () => {
    const wrong = await login(visitor, "wrong");
    const stranger = await visitor.post(`${dashboard.url}/api/login`, {
      ...{ name: "root", password: PASSWORD },
    });
    assert.deepEqual([wrong.status, stranger.status], [401, 401]);
    assert.equal(await wrong.text(), await stranger.text());
    assert.equal(visitor.written.length, 0);
  });

  it("makes who guesses wait, whatever he sends next, and nobody else", async () => {
    const behind = { "x-forwarded-for": "203.0.113.9" };
    await dashboard.stop();
    dashboard = await start({ proxies: 1 });
    const statuses = [];
    for (let index = 0; index < 8; index++)
      statuses.push((await login(visitor, "x", behind)).status);
    assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401]);
    assert.deepEqual(statuses.slice(5), [429, 429, 429]);
    const right = await login(visitor, PASSWORD, behind);
    assert.equal(right.status, 429, "else a guess that comes too early would count");
    assert.ok(Number(right.headers.get("retry-after")) >= 1);
    const other = { "x-forwarded-for": "203.0.113.9, 198.51.100.7" };
    assert.equal((await login(new Visitor(), PASSWORD, other)).status, 204);
    const text = await (await visitor.fetch(`${dashboard.url}/metrics`)).text();
    const count = (outcome: string) =>
      new RegExp(
        `^mcp_mesh_dashboard_logins_total\\{outcome="${outcome}",via="local"\\} (\\d+)`,
        "m",
      ).exec(text)?.[1];
    assert.deepEqual(["accepted", "refused", "limited"].map(count), ["1", "5", "4"]);
  });

  it("takes nothing that another site's page can send", async () => {
    const foreign: [Record<string, string>, number][] = [
      [{ "sec-fetch-site": "cross-site" }, 403],
      [{ "sec-fetch-site": "same-site" }, 403],
      [{ origin: "https://evil.example.com" }, 403],
      [{ origin: "null" }, 403],
      [{ "content-type": "text/plain" }, 415],
      [{ "content-type": "application/x-www-form-urlencoded" }, 415],
    ];
    for (const [headers, status] of foreign) {
      assert.equal(
        (await login(visitor, PASSWORD, headers)).status,
        status,
        JSON.stringify(headers),
      );
      const logout = await visitor.post(`${dashboard.url}/api/logout`, {}, headers);
      assert.equal(logout.status, status, JSON.stringify(headers));
    }
    const own = { origin: dashboard.url, "sec-fetch-site": "same-origin" };
    assert.equal((await login(visitor, PASSWORD, own)).status, 204);
  });

  it("takes no body that is too large or is none", async () => {
    const send = (body: string) =>
      visitor.fetch(`${dashboard.url}/api/login`, {
        ...{ method: "POST", body, headers: { "content-type": "application/json" } },
      });
    assert.equal((await send("x".repeat(100_000))).status, 413);
    for (const body of ["", "{", "[]", '{"name":"admin"}', '{"name":1,"password":"x"}']) {
      assert.equal((await send(body)).status, 400, body);
    }
    assert.equal((await visitor.fetch(`${dashboard.url}/api/login`)).status, 405);
  });

  it("takes no cookie that is forged, of another purpose, or of a key that it has not", async () => {
    await login(visitor);
    const good = cookie(visitor);
    assert.match(good, /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/, "encrypted, not just signed");
    const claims = { name: "admin", via: "local", mark: "x", started: Date.now() / 1000 };
    const foreign = createSeal(secrets.write("foreign", KEYS[1]!));
    const own = createSeal(secrets.write("own", KEYS[0]!));
    // The last letter's own bits need not all count; those of the one before do.
    const changed = `${good.slice(0, -2)}${good.at(-2) === "A" ? "B" : "A"}${good.at(-1)}`;
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`;
    const bad = [
      ...["", "x", changed, good.slice(0, -4), unsigned],
      await foreign.close("session", claims, 600),
      await own.close("session", claims, 600),
      await own.close("login", claims, 600),
    ];
    for (const one of bad) {
      visitor.cookies(dashboard.url).set("mcp-mesh-session", one);
      assert.equal((await visitor.fetch(`${dashboard.url}/api/mesh`)).status, 401, one);
    }
    visitor.cookies(dashboard.url).set("mcp-mesh-session", good);
    assert.equal((await visitor.fetch(`${dashboard.url}/api/mesh`)).status, 503);
  });

  it("has every replica with the same keys take a session, after a rotation as well", async () => {
    await login(visitor);
    const old = cookie(visitor);
    const take = async (keys: string[]) => {
      await dashboard.stop();
      dashboard = await start({}, keys);
      visitor.cookies(dashboard.url).set("mcp-mesh-session", old);
      return (await session(visitor)).user?.name;
    };
    assert.equal(await take(KEYS.slice(0, 1)), "admin");
    assert.equal(await take([KEYS[1]!, KEYS[0]!]), "admin");
    assert.equal(await take([KEYS[1]!]), undefined);
  });

  it("ends a session after its time, and earlier without a page that asks", async () => {
    const lived = async (absolute: number, idle: number, ask: boolean) => {
      await dashboard.stop();
      const keysFile = secrets.write("keys", KEYS[0]!);
      const local = { name: "admin", passwordFile: secrets.write("password", PASSWORD) };
      dashboard = await start({ login: { keysFile, lifetimes: { absolute, idle }, local } });
      visitor = new Visitor();
      await login(visitor);
      const first = cookie(visitor);
      const began = Date.now();
      await eventually("the session ends", 10, async () => {
        const stale = new Visitor();
        stale.cookies(dashboard.url).set("mcp-mesh-session", first);
        if (ask) await session(visitor);
        return !(await session(ask ? visitor : stale)).user;
      });
      return { seconds: (Date.now() - began) / 1000, renewed: cookie(visitor) !== first };
    };
    const idle = await lived(60, 2, false);
    assert.ok(idle.seconds < 4, `${idle.seconds}`);
    const absolute = await lived(5, 2, true);
    assert.ok(absolute.seconds > 3 && absolute.seconds < 7, `${absolute.seconds}`);
  });

  it("ends the sessions of a password that is no longer the one, without a restart", async () => {
    await login(visitor);
    secrets.write("password", "another password entirely");
    await eventually("it has read the new one", 10, async () => !(await session(visitor)).user);
    assert.equal((await login(visitor)).status, 401);
    assert.equal((await login(visitor, "another password entirely")).status, 204);
  });

  it("hides its cookie from scripts, other sites and, on HTTPS, from other hosts", async () => {
    await login(visitor);
    assert.match(
      visitor.written.at(-1) ?? "",
      /^mcp-mesh-session=[^;]+; Max-Age=600; SameSite=Strict; Path=\/; HttpOnly$/,
    );
    const plain = await visitor.fetch(`${dashboard.url}/`);
    assert.equal(plain.headers.get("strict-transport-security"), null);
    await dashboard.stop();
    dashboard = await start({ publicUrl: new URL("https://mesh.example.com/ops/") });
    assert.equal((await login(visitor)).status, 204);
    assert.match(visitor.written.at(-1) ?? "", /^__Host-mcp-mesh-session=.*HttpOnly; Secure$/);
    assert.equal((await session(visitor)).user?.name, "admin");
    for (const path of [...OPEN, ...CLOSED, "/nothing"]) {
      const { headers } = await visitor.fetch(dashboard.url + path);
      assert.equal(headers.get("strict-transport-security"), "max-age=31536000", path);
      assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/, path);
      assert.equal(headers.get("x-frame-options"), "DENY", path);
      assert.equal(headers.get("referrer-policy"), "no-referrer", path);
      assert.match(headers.get("cache-control") ?? "", /^(private, no-cache|no-store)$/, path);
    }
  });

  it("brings whoever follows a link to a runbook there after the login, and nowhere else", async () => {
    const response = await visitor.fetch(`${dashboard.url}/mesh/runbooks/RegistryDown`);
    assert.equal(response.status, 401);
    assert.match(await response.text(), /url=\.\.\/\?next=runbooks%2FRegistryDown"/);
    const odd = await visitor.fetch(`${dashboard.url}/runbooks/"><script>`);
    assert.equal(odd.status, 404);
    await login(visitor);
    const runbook = await visitor.fetch(`${dashboard.url}/mesh/runbooks/RegistryDown`);
    assert.match(await runbook.text(), /<h1>RegistryDown<\/h1>/);
    assert.equal((await visitor.fetch(`${dashboard.url}/runbooks/Nothing`)).status, 404);
    assert.equal(
      await visitor.next(`${dashboard.url}/mesh/runbooks`),
      `${dashboard.url}/mesh/runbooks/`,
    );
  });

  it("does not start with a password or a key that anybody could guess", async () => {
    const keysFile = secrets.write("short", "short");
    const lifetimes = { absolute: 60, idle: 60 };
    const local = { name: "admin", passwordFile: secrets.write("password", PASSWORD) };
    await assert.rejects(start({ login: { keysFile, lifetimes, local } }), /short: .*32 random/);
    const weak = { name: "admin", passwordFile: secrets.write("weak", "admin") };
    const good = { keysFile: secrets.write("keys", KEYS[0]!), lifetimes };
    await assert.rejects(start({ login: { ...good, local: weak } }), /weak: .*12 characters/);
    const missing = { name: "admin", passwordFile: "/nowhere/password" };
    await assert.rejects(start({ login: { ...good, local: missing } }), /\/nowhere\/password/);
  });
});

describe("dashboard without a login", () => {
  it("says that everybody may come in, and logs why", async () => {
    const logged: unknown[] = [];
    const note = (msg: string, fields?: object) => logged.push({ msg, ...fields });
    const log = { debug() {}, info() {}, warn: note, error: note };
    const login = { open: "The gateway before it asks who it is." };
    const dashboard = await startDashboard(plainPage, REGISTRY, { login, log });
    try {
      const answer = await (await fetch(`${dashboard.url}/api/session`)).json();
      assert.deepEqual((answer as SessionAnswer).user, { name: "", via: "none" });
      assert.equal((await fetch(`${dashboard.url}/api/status`)).status, 200);
      assert.deepEqual(logged[0], { msg: "nobody has to log in", because: login.open });
    } finally {
      await dashboard.stop();
    }
  });
});
