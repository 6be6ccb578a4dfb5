import assert from "node:assert/strict";
import type { Page as Tab } from "playwright-core";
import { declaredAgents } from "#services/registry/src/protocol";
import { browsing } from "#test/contract/dashboard-browser-support";
import {
  type Dashboard,
  RestartableRegistry,
  startDashboard,
} from "#test/contract/dashboard-support";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { agent, tool } from "#test/support/registry";

const { agents: declared } = declaredAgents.parse({
  agents: [
    {
      ...{ agent_id: "everything", name: "everything", version: "2026.8.31" },
      ...{ http_host: "everything", http_port: 8080, tools: [tool("echo")] },
    },
  ],
});
const replica = (id: string, name = "greeter") => ({
  ...agent(
    id,
    tool("greet", { tags: ["polite"], dependencies: [{ capability: "echo" }] }),
    tool("forecast", { dependencies: [{ capability: "weather" }] }),
  ),
  name,
});
/** What a browser says by itself when a server is away, which the tests are about. */
const AWAY = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|503/;

describe("dashboard page over a real registry", function () {
  this.timeout(120_000);
  let postgres: Postgres | undefined;
  const given = browsing();
  let registry: RestartableRegistry;
  let dashboard: Dashboard;
  let allowed: RegExp | undefined;

  before(async function () {
    postgres = await Postgres.start();
    if (!postgres) this.skip();
  });
  after(() => postgres?.remove());
  beforeEach(async () => {
    assert(postgres);
    allowed = undefined;
    registry = await RestartableRegistry.start(await postgres.createDatabase(), declared);
    dashboard = await startDashboard(given.page, registry.client.url);
  });
  afterEach(async () => {
    await given.tabs.close(allowed);
    await dashboard.stop();
    await registry.stop();
  });

  const open = (path = "/#/agents", options = {}) => given.tabs.open(dashboard.url + path, options);
  const rows = (tab: Tab) => tab.locator("tbody").getByRole("rowheader").allInnerTexts();
  const showsRows = (tab: Tab, count: number) =>
    eventually(`${count} rows`, 10, async () => (await rows(tab)).length === count);

  it("shows each agent with its replicas, the wiring, and what is unresolved", async () => {
    await registry.client.register(replica("greeter-1"));
    await registry.client.register(replica("greeter-2"));
    const tab = await open();
    await showsRows(tab, 2);
    const text = await tab.getByRole("table").innerText();
    for (const part of ["everything", "vanilla", "2026.8.31", "2 replicas", "1 of 2"]) {
      assert.ok(text.includes(part), part);
    }
    await tab.getByRole("link", { name: "Dependencies" }).click();
    const box = tab.getByRole("button", { name: /^greeter .*healthy, 2 replicas/ });
    await box.waitFor();
    assert.match((await box.textContent()) ?? "", /needs echo from everything/);
    assert.equal(await tab.getByRole("button", { name: /^weather nobody offers this/ }).count(), 1);
    assert.equal(await tab.locator('.rest [data-kind="resolved"] .line').count(), 1);
    assert.equal(await tab.locator('.rest [data-kind="lost"] .line').count(), 1);
  });

  it("follows the mesh without being loaded again, and keeps the focus where it is", async () => {
    await registry.client.register(replica("a", "alone"));
    await registry.client.register(replica("greeter-2"));
    const tab = await open();
    await showsRows(tab, 3);
    const last = tab.getByRole("table").getByRole("button", { name: "greeter" });
    await last.focus();
    await registry.client.send("DELETE", "/agents/a");
    await showsRows(tab, 2);
    assert.equal(await last.evaluate((button) => button === document.activeElement), true);
    await registry.client.register(replica("b", "another"));
    await showsRows(tab, 3);
  });

  it("says that the registry is away and since when, with the last state, until it is back", async () => {
    const tab = await open();
    await showsRows(tab, 1);
    await registry.stop();
    const banner = tab.getByRole("alert");
    await eventually("the banner", 10, async () =>
      /can't be read.*shown as they were at \d/.test(await banner.innerText()),
    );
    assert.match(await tab.locator(".freshness").innerText(), /old/);
    assert.equal((await rows(tab)).length, 1);
    await registry.resume();
    await eventually("no banner", 15, async () => (await banner.innerText()) === "");
    assert.equal(await tab.locator(".freshness").innerText(), "live");
  });

  it("is not blank when there was never an answer, nor when the dashboard itself is gone", async () => {
    allowed = AWAY;
    await dashboard.stop();
    await registry.stop();
    dashboard = await startDashboard(given.page, registry.client.url);
    const tab = await open();
    const banner = tab.getByRole("alert");
    const says = (what: RegExp) =>
      eventually(String(what), 15, async () => what.test(await banner.innerText()));
    await says(/The registry can't be read/);
    await registry.resume();
    await showsRows(tab, 1);
    await dashboard.stop();
    await says(/The dashboard does not answer.*as it was at/);
    assert.equal((await rows(tab)).length, 1);
  });

  it("takes what agents call themselves for text, in every view", async () => {
    const evil = '<img src=x onerror="alert(1)">';
    await registry.client.register({
      ...agent("evil", {
        function_name: evil,
        capability: `"'><script>alert(2)</script>`,
        tags: [evil, "javascript:alert(3)", "</svg><svg onload=alert(4)>"],
        description: evil,
        dependencies: [{ capability: `</text>${evil}` }],
      }),
      ...{ name: evil, version: evil, http_host: "x onclick=alert(5)" },
    });
    const tab = await open();
    await showsRows(tab, 2);
    assert.ok((await rows(tab)).some((row) => row.includes(evil)));
    const harmless = async () => {
      assert.equal(await tab.locator("main img, dialog img, script:not([src])").count(), 0);
      const handlers = "[onerror], [onload], [onclick], [href^=javascript]";
      assert.equal(await tab.locator(handlers).count(), 0);
    };
    await tab.getByRole("table").getByRole("button", { name: evil }).click();
    await eventually("the details", 5, async () =>
      (await tab.locator("dialog").innerText()).includes("javascript:alert(3)"),
    );
    await harmless();
    await tab.keyboard.press("Escape");
    await tab.getByRole("link", { name: "Dependencies" }).click();
    await tab.locator(".box").first().waitFor();
    await harmless();
  });

  it("works below a path prefix, in the dark, and on a phone without scrolling sideways", async () => {
    await registry.client.register(replica("greeter-1"));
    const phone = { viewport: { width: 360, height: 740 }, colorScheme: "dark" } as const;
    for (const view of ["overview", "agents", "graph", "charts", "alerts"]) {
      const tab = await open(`/tools/mesh/#/${view}`, phone);
      await tab.locator(`main[data-view="${view}"] > :nth-child(3)`).waitFor();
      const wider = await tab.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wider, 0, view);
      const ground = await tab.evaluate(
        () => getComputedStyle(document.documentElement).backgroundColor,
      );
      assert.ok(
        (ground.match(/\d+/g) ?? []).every((channel) => Number(channel) < 60),
        ground,
      );
    }
  });
});
