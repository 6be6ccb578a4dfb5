import assert from "node:assert/strict";
import { browsing } from "#test/contract/dashboard-browser-support";
import { CLIENT, OpenIdProvider } from "#test/contract/dashboard-provider";
import {
  builtRunbooks,
  type Dashboard,
  type DashboardSettings,
  startDashboard,
} from "#test/contract/dashboard-support";
import { KEYS, Secrets } from "#test/contract/dashboard-visitor";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";

const PASSWORD = "correct horse battery";
/**
 * A wrong password is answered with 401, and there is no registry: the browser says both, and misses
 * the typeface from elsewhere that the provider's own page of goodbye asks for.
 */
const EXPECTED = /401|503|ERR_NAME_NOT_RESOLVED/;

describe("dashboard login page", function () {
  this.timeout(90_000);
  const secrets = new Secrets();
  const given = browsing();
  let dashboard: Dashboard | undefined;
  let provider: OpenIdProvider | undefined;
  let url: string;
  after(() => secrets.remove());
  afterEach(async () => {
    await given.tabs.close(EXPECTED);
    await dashboard?.stop();
    await provider?.stop();
    dashboard = undefined;
    provider = undefined;
  });

  const local = () => ({
    keysFile: secrets.write("keys", KEYS[0] ?? ""),
    lifetimes: { absolute: 3_600, idle: 600 },
    local: { name: "admin", passwordFile: secrets.write("password", PASSWORD) },
  });
  const start = async (settings: DashboardSettings) => {
    const runbooks = builtRunbooks();
    dashboard = await startDashboard(given.page, "http://127.0.0.1:1", { runbooks, ...settings });
    url = dashboard.url;
  };

  it("lets in who types the password, by keyboard alone, and out again", async () => {
    await start({ login: local() });
    const tab = await given.tabs.open(url);
    await tab.getByRole("heading", { name: "MCP Mesh" }).waitFor();
    await tab.keyboard.press("Tab");
    await tab.keyboard.type("admin");
    await tab.keyboard.press("Tab");
    await tab.keyboard.type("wrong");
    await tab.keyboard.press("Enter");
    await eventually("the refusal", 10, async () =>
      /password/i.test(await tab.getByRole("alert").innerText()),
    );
    assert.equal(await tab.getByRole("navigation").count(), 0);
    await tab.getByLabel("Password").fill(PASSWORD);
    await tab.keyboard.press("Enter");
    await tab.getByRole("navigation").waitFor();
    assert.match(await tab.locator(".who").innerText(), /admin/);
    await tab.getByRole("button", { name: "Sign out" }).click();
    await tab.getByLabel("Password").waitFor();
    assert.equal(await tab.getByRole("navigation").count(), 0);
  });

  it("shows the login again when the session is over, without being loaded", async () => {
    await start({ login: local() });
    const tab = await given.tabs.open(url);
    await tab.getByLabel("Name").fill("admin");
    await tab.getByLabel("Password").fill(PASSWORD);
    await tab.keyboard.press("Enter");
    await tab.getByRole("navigation").waitFor();
    await tab.context().clearCookies();
    await tab.getByLabel("Password").waitFor();
  });

  it("leads from a runbook's link through the login to the runbook", async () => {
    await start({ login: local() });
    const tab = await given.tabs.open(`${url}/runbooks/RegistryDown`);
    await tab.getByLabel("Name").fill("admin");
    await tab.getByLabel("Password").fill(PASSWORD);
    await tab.keyboard.press("Enter");
    await tab.waitForURL("**/runbooks/RegistryDown");
    assert.match(await tab.locator("h1").innerText(), /RegistryDown/);
  });

  it("leads from a runbook's link in a message straight to it for who is logged in", async () => {
    await start({ login: local() });
    const tab = await given.tabs.open(url);
    await tab.getByLabel("Name").fill("admin");
    await tab.getByLabel("Password").fill(PASSWORD);
    await tab.keyboard.press("Enter");
    await tab.getByRole("navigation").waitFor();
    // From another site the browser sends no cookie along.
    await tab.goto("about:blank");
    await tab.setContent(`<a href="${url}/runbooks/RegistryDown">the alert's runbook</a>`);
    const [first] = await Promise.all([
      tab.waitForResponse("**/runbooks/RegistryDown"),
      tab.getByRole("link").click(),
    ]);
    assert.equal(first.status(), 401);
    await tab.getByRole("heading", { name: "RegistryDown" }).waitFor();
  });

  it("signs in with a real OpenID provider, and out of it, and says in words why one who may not see it can't", async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    provider = new OpenIdProvider(await freePort(), `${url}/oidc/callback`, `${url}/`);
    await provider.start();
    provider.people.ada = { groups: ["operators"] };
    provider.people.bob = { groups: ["guests"] };
    const oidc = {
      ...{ issuer: provider.issuer, clientId: CLIENT.id, label: "the house" },
      clientSecretFile: secrets.write("client-secret", CLIENT.secret),
      ...{ scopes: "openid profile email groups", groupsClaim: "groups" },
      allowed: { groups: ["operators"], emails: [], domains: [] },
    };
    await start({ port, publicUrl: new URL(`${url}/`), login: { ...local(), oidc } });
    const link = { name: "Sign in with the house" };
    provider.person = "bob";
    const stranger = await given.tabs.open(url);
    await stranger.getByRole("link", link).click();
    await eventually("the reason", 15, async () =>
      /nobody let you see this page/.test(await stranger.getByRole("alert").first().innerText()),
    );
    provider.person = "ada";
    const tab = await given.tabs.open(url);
    await tab.getByRole("link", link).click();
    await tab.getByRole("navigation").waitFor();
    assert.match(await tab.locator(".who").innerText(), /ada/);
    // Without this, the next one to sign in here would be ada again.
    await tab.getByRole("button", { name: "Sign out" }).click();
    await tab.waitForURL((at) => at.origin === new URL(provider?.issuer ?? "").origin);
    await tab.goto(url);
    await tab.getByRole("link", link).waitFor();
  });
});
