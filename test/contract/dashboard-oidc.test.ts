import assert from "node:assert/strict";
import type { SessionAnswer } from "#services/dashboard/src/api";
import type { Allowed } from "#services/dashboard/src/auth/allowed";
import { createSeal } from "#services/dashboard/src/auth/seal";
import { CLIENT, OpenIdProvider, type Person } from "#test/contract/dashboard-provider";
import { type Dashboard, plainPage, startDashboard } from "#test/contract/dashboard-support";
import { KEYS, Secrets, Visitor } from "#test/contract/dashboard-visitor";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";

const NOBODY: Allowed = { groups: [], emails: [], domains: [] };
const OPERATORS: Allowed = { ...NOBODY, groups: ["operators"] };
const PASSWORD = "correct horse battery";

describe("dashboard login by OpenID Connect", function () {
  this.timeout(60_000);
  const secrets = new Secrets();
  let page: string;
  let provider: OpenIdProvider;
  let dashboard: Dashboard | undefined;
  let visitor: Visitor;

  const start = async (allowed: Allowed, secret = CLIENT.secret) => {
    await dashboard?.stop();
    const publicUrl = new URL(page);
    dashboard = await startDashboard(plainPage, "http://127.0.0.1:1", {
      port: Number(publicUrl.port),
      publicUrl,
      login: {
        keysFile: secrets.write("keys", KEYS[0]!),
        lifetimes: { absolute: 3_600, idle: 600 },
        local: { name: "admin", passwordFile: secrets.write("password", PASSWORD) },
        oidc: {
          issuer: provider.issuer,
          clientId: CLIENT.id,
          clientSecretFile: secrets.write("client-secret", secret),
          label: "the test's provider",
          scopes: "openid profile email groups",
          groupsClaim: "groups",
          allowed,
        },
      },
    });
  };
  const session = async (who = visitor) =>
    (await (await who.fetch(`${page}api/session`)).json()) as SessionAnswer;
  const ready = () =>
    eventually("the provider is known", 15, async () => !(await session()).login.oidc?.problem);
  /** From the page to the provider and back to the callback, which is not opened yet. */
  const toCallback = async (next = "", change = (_url: URL) => {}) => {
    let url = await visitor.next(`${page}oidc/start${next}`);
    const changed = new URL(url);
    change(changed);
    url = changed.href;
    while (!url.startsWith(page)) url = await visitor.next(url);
    return url;
  };
  /** Where a whole login ends. */
  const login = async (person: string, facts: Person = {}, next = "") => {
    provider.person = person;
    provider.people[person] = facts;
    visitor = new Visitor();
    return visitor.next(await toCallback(next));
  };

  before(async () => {
    page = `http://127.0.0.1:${await freePort()}/mesh/`;
    provider = new OpenIdProvider(await freePort(), `${page}oidc/callback`, page);
    await provider.start();
  });
  beforeEach(() => {
    visitor = new Visitor();
  });
  afterEach(async () => {
    await dashboard?.stop();
    dashboard = undefined;
  });
  after(() => {
    provider.stop();
    secrets.remove();
  });

  it("lets in who is in an allowed group, by his name, and any replica takes the session", async () => {
    await start(OPERATORS);
    await ready();
    assert.equal(await login("ada", { groups: ["staff", "operators"] }), page);
    assert.deepEqual((await session()).user, { name: "ada", via: "oidc" });
    assert.equal((await visitor.fetch(`${page}api/status`)).status, 200);
    const { login: ways } = await session();
    assert.deepEqual(ways.oidc, { label: "the test's provider", logout: "oidc/logout" });
    await start(OPERATORS);
    assert.equal((await session()).user?.name, "ada");
  });

  it("keeps out who is in none, or whose address nobody has verified, and says so", async () => {
    await start({ ...OPERATORS, emails: ["Eve@Example.com"], domains: ["mesh.example"] });
    await ready();
    const refused = `${page}?error=not-allowed`;
    assert.equal(await login("bob", { groups: ["staff"] }), refused);
    assert.equal((await session()).user, undefined);
    assert.equal(await login("eve", { email: "eve@example.com" }), refused);
    assert.equal(
      await login("mallory", { email: "eve@example.com.evil", email_verified: true }),
      refused,
    );
    assert.equal(await login("eve", { email: "eve@example.com", email_verified: true }), page);
    assert.equal(await login("dan", { email: "dan@mesh.example", email_verified: true }), page);
    assert.deepEqual((await session()).user, { name: "dan@mesh.example", via: "oidc" });
  });

  it("ends the sessions of those whom other settings no longer let in", async () => {
    await start(OPERATORS);
    await ready();
    await login("ada", { groups: ["operators"] });
    assert.equal((await session()).user?.name, "ada");
    await start({ ...NOBODY, groups: ["others"] });
    assert.equal((await session()).user, undefined);
  });

  it("takes no answer with another state, another nonce, too late, twice, or from another browser", async () => {
    await start(OPERATORS);
    await ready();
    provider.person = "ada";
    provider.people.ada = { groups: ["operators"] };
    const expired = `${page}?error=expired`;

    const forged = new URL(await toCallback());
    forged.searchParams.set("state", "another");
    assert.equal(await visitor.next(forged.href), expired);

    const foreign = await toCallback();
    assert.equal(await new Visitor().next(foreign), expired);

    const late = await toCallback();
    const state = new URL(late).searchParams.get("state");
    const seal = createSeal(secrets.write("own", KEYS[0]!));
    const claims = { state, nonce: "x", verifier: "x" };
    const old = await seal.close("login", claims, -1);
    visitor.cookies(page).set("mcp-mesh-login", old);
    assert.equal(await visitor.next(late), expired);

    const other = await toCallback("", (url) => url.searchParams.set("nonce", "another"));
    assert.equal(await visitor.next(other), `${page}?error=failed`);

    const once = await toCallback();
    const flow = visitor.cookies(page).get("mcp-mesh-login") ?? "";
    assert.equal(await visitor.next(once), page);
    assert.equal(visitor.cookies(page).has("mcp-mesh-login"), false);
    visitor.cookies(page).set("mcp-mesh-login", flow);
    visitor.cookies(page).delete("mcp-mesh-session");
    assert.equal(await visitor.next(once), `${page}?error=failed`);
    assert.equal((await session()).user, undefined);
  });

  it("slows down who comes back with nothing again and again", async () => {
    await start(OPERATORS);
    const statuses = [];
    for (let index = 0; index < 6; index++) {
      statuses.push((await visitor.fetch(`${page}oidc/callback?code=x&state=y`)).status);
    }
    assert.deepEqual(statuses, [302, 302, 302, 302, 302, 429]);
  });

  it("says when the provider refuses, or takes the dashboard for nobody it knows", async () => {
    await start(OPERATORS);
    await ready();
    provider.person = undefined;
    assert.equal(await visitor.next(await toCallback()), `${page}?error=refused`);
    await start(OPERATORS, "another secret of the client");
    await ready();
    assert.equal(await login("ada", { groups: ["operators"] }), `${page}?error=failed`);
  });

  it("goes on to a runbook after the login, and to no other address", async () => {
    await start(OPERATORS);
    await ready();
    const ada = { groups: ["operators"] };
    const next = "?next=runbooks%2FRegistryDown";
    assert.equal(await login("ada", ada, next), `${page}${next}`);
    for (const evil of [
      "//evil.example",
      "https://evil.example",
      "runbooks/../../x",
      "runbooks//x",
    ]) {
      assert.equal(await login("ada", ada, `?next=${encodeURIComponent(evil)}`), page, evil);
    }
  });

  it("asks with a challenge, a state and a nonce, and keeps what belongs to them from scripts", async () => {
    await start(OPERATORS);
    await ready();
    const url = new URL(await visitor.next(`${page}oidc/start`));
    const { state, nonce, code_challenge, ...asked } = Object.fromEntries(url.searchParams);
    for (const random of [state, nonce, code_challenge]) assert.match(random ?? "", /^[\w-]{43}$/);
    assert.deepEqual(asked, {
      client_id: CLIENT.id,
      redirect_uri: `${page}oidc/callback`,
      response_type: "code",
      scope: "openid profile email groups",
      code_challenge_method: "S256",
    });
    assert.match(visitor.written.at(-1) ?? "", /Max-Age=600; SameSite=Lax; Path=\/; HttpOnly/);
  });

  it("ends the provider's own session at a link of its own", async () => {
    await start(OPERATORS);
    await ready();
    const url = new URL(await visitor.next(`${page}oidc/logout`));
    assert.equal(`${url.origin}${url.pathname}`, `${provider.issuer}/session/end`);
    assert.equal(url.searchParams.get("post_logout_redirect_uri"), page);
  });

  it("starts without the provider, says so where people log in, lets the local user in, and gets over it", async () => {
    provider.stop();
    await start(OPERATORS);
    const { login: ways } = await eventually("it has asked", 10, async () => {
      const answer = await session();
      return answer.login.oidc?.problem ? answer : undefined;
    });
    assert.match(ways.oidc?.problem ?? "", /provider does not answer/);
    assert.equal(await visitor.next(`${page}oidc/start`), `${page}?error=unavailable`);
    const byPassword = await visitor.post(`${page}api/login`, {
      name: "admin",
      password: PASSWORD,
    });
    assert.equal(byPassword.status, 204);
    assert.equal((await session()).user?.via, "local");
    await provider.start();
    await ready();
    assert.equal(await login("ada", { groups: ["operators"] }), page);
    const callback = await toCallback();
    provider.stop();
    assert.equal(await visitor.next(callback), `${page}?error=unavailable`);
    await provider.start();
  });
});
