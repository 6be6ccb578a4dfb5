import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page as Tab,
} from "playwright-core";
import type { Page } from "#services/dashboard/src/content";
import { declaredAgents } from "#services/registry/src/protocol";
import {
  builtPage,
  type Dashboard,
  RestartableRegistry,
  startDashboard,
} from "#test/contract/dashboard-support";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { agent, tool } from "#test/support/registry";

const CHROMIUM = "/usr/bin/chromium";

const { agents: declared } = declaredAgents.parse({
  agents: [
    {
      ...{ agent_id: "everything", name: "everything", version: "2026.8.31" },
      ...{ http_host: "everything", http_port: 8080, tools: [tool("echo")] },
    },
  ],
});
const replica = (id: string) => ({
  ...agent(
    id,
    tool("greet", { tags: ["polite"], dependencies: [{ capability: "echo" }] }),
    tool("forecast", { dependencies: [{ capability: "weather" }] }),
  ),
  name: "greeter",
});

describe("dashboard page", function () {
  this.timeout(120_000);
  let page: Page;
  let postgres: Postgres | undefined;
  let browser: Browser | undefined;
  let registry: RestartableRegistry;
  let dashboard: Dashboard;
  /** What the browser complained about. */
  let complaints: string[];

  before(async function () {
    if (!existsSync(CHROMIUM)) {
      console.log(`    no browser at ${CHROMIUM}: install the package chromium`);
      this.skip();
    }
    postgres = await Postgres.start();
    if (!postgres) this.skip();
    page = await builtPage();
    // Its sandbox refuses to run as root.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  });
  after(async () => {
    await browser?.close();
    await postgres?.remove();
  });
  beforeEach(async () => {
    assert(postgres);
    complaints = [];
    registry = await RestartableRegistry.start(await postgres.createDatabase(), declared);
    dashboard = await startDashboard(page, registry.client.url);
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    await dashboard.stop();
    await registry.stop();
  });

  async function open(options: BrowserContextOptions = {}, path = "/"): Promise<Tab> {
    assert(browser);
    const tab = await (await browser.newContext(options)).newPage();
    // Violations of the content security policy come as console errors, too.
    tab.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    tab.on("pageerror", (error) => complaints.push(String(error)));
    tab.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await tab.goto(dashboard.url + path);
    return tab;
  }

  const rows = (tab: Tab) => tab.getByRole("rowheader").allInnerTexts();
  const showsRows = (tab: Tab, count: number) =>
    eventually(`${count} rows`, 10, async () => (await rows(tab)).length === count);

  it("shows each agent, the wiring, and what is unresolved", async () => {
    await registry.client.register(replica("greeter-1"));
    await registry.client.register(replica("greeter-2"));
    const tab = await open();
    await showsRows(tab, 3);
    const text = await tab.getByRole("table").innerText();
    for (const part of ["everything", "vanilla", "2026.8.31", "http://greeter-1:8080", "polite"]) {
      assert.ok(text.includes(part), part);
    }
    const box = tab.getByRole("button", { name: "greeter, healthy, 2 replicas" });
    assert.match((await box.getAttribute("aria-label")) ?? "", /needs echo from everything/);
    assert.equal(await tab.getByRole("img", { name: "nobody offers weather" }).count(), 1);
    assert.equal(await tab.locator(".wire").count(), 2);
    assert.equal(await tab.locator(".wire.unresolved").count(), 1);
    assert.equal(await tab.getByText("2 unresolved").count(), 1);
    assert.deepEqual(complaints, []);
  });

  it("follows the mesh without being loaded again, and keeps the focus where it is", async () => {
    await registry.client.register(replica("a"));
    await registry.client.register(replica("greeter-2"));
    const tab = await open();
    await showsRows(tab, 3);
    const last = tab.getByRole("table").getByRole("button").last();
    await last.focus();
    await registry.client.send("DELETE", "/agents/a");
    await showsRows(tab, 2);
    assert.equal(await last.evaluate((button) => button === document.activeElement), true);
    await registry.client.register(replica("b"));
    await showsRows(tab, 3);
    assert.deepEqual(complaints, []);
  });

  it("says that the registry is away and since when, with the last state, until it is back", async () => {
    const tab = await open();
    await showsRows(tab, 1);
    await registry.stop();
    const banner = tab.getByRole("alert");
    await eventually("the banner", 10, async () =>
      /can't be read.*mesh as it was at/.test(await banner.innerText()),
    );
    assert.match(await tab.locator("#freshness").innerText(), /as of/);
    assert.equal((await rows(tab)).length, 1);
    await registry.resume();
    await eventually("no banner", 15, async () => (await banner.innerText()) === "");
    assert.equal(await tab.locator("#freshness").innerText(), "live");
    assert.deepEqual(complaints, []);
  });

  it("is not blank when there was never an answer, nor when the dashboard itself is gone", async () => {
    await dashboard.stop();
    await registry.stop();
    dashboard = await startDashboard(page, registry.client.url);
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

  it("filters by every word of what an agent is and offers, and by the counts", async () => {
    await registry.client.register(replica("greeter-1"));
    const tab = await open();
    await showsRows(tab, 2);
    await tab.keyboard.press("/");
    await tab.keyboard.type("POLITE mesh");
    await showsRows(tab, 1);
    assert.match((await rows(tab))[0] ?? "", /greeter/);
    assert.equal(await tab.getByRole("status").innerText(), "1 of 2 agents match");
    await tab.getByRole("searchbox").fill("no such thing");
    await eventually("an explanation", 5, async () =>
      /No agent matches/.test(await tab.locator("#table").innerText()),
    );
    await tab.getByRole("button", { name: "1 unresolved" }).click();
    await showsRows(tab, 1);
    await tab.getByRole("button", { name: "2 agents" }).click();
    await showsRows(tab, 2);
    assert.deepEqual(complaints, []);
  });

  it("tells all about an agent on a click or on Enter, and Escape leads back", async () => {
    await registry.client.register(replica("greeter-1"));
    const tab = await open();
    await showsRows(tab, 2);
    const box = tab.locator('.box[data-agent="greeter-1"]');
    await box.focus();
    await tab.keyboard.press("Enter");
    const dialog = tab.getByRole("dialog", { name: "greeter" });
    const text = await dialog.innerText();
    for (const part of ["greeter-1", "unresolved, nobody offers it", "by its tool echo"]) {
      assert.ok(text.includes(part), part);
    }
    await dialog.getByRole("button", { name: "everything" }).click();
    assert.match(await tab.getByRole("dialog", { name: "everything" }).innerText(), /Serves/);
    await tab.keyboard.press("Escape");
    assert.equal(await tab.locator("dialog[open]").count(), 0);
    await tab.getByRole("table").getByRole("button", { name: "greeter" }).click();
    assert.equal(await dialog.isVisible(), true);
    assert.deepEqual(complaints, []);
  });

  it("takes what agents call themselves for text", async () => {
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
    await tab.getByRole("table").getByRole("button", { name: evil }).click();
    assert.ok((await tab.locator("dialog").innerText()).includes("javascript:alert(3)"));
    assert.equal(await tab.locator("main img, dialog img, script:not([src])").count(), 0);
    assert.equal(
      await tab.locator("[onerror], [onload], [onclick], [href^=javascript]").count(),
      0,
    );
    assert.deepEqual(complaints, []);
  });

  it("works below a path prefix, in the dark, and on a phone without scrolling sideways", async () => {
    await registry.client.register(replica("greeter-1"));
    const phone = { viewport: { width: 360, height: 740 }, colorScheme: "dark" } as const;
    const tab = await open(phone, "/tools/mesh/");
    await showsRows(tab, 2);
    const wider = await tab.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wider, 0);
    const ground = await tab.evaluate(
      () => getComputedStyle(document.documentElement).backgroundColor,
    );
    assert.ok(
      (ground.match(/\d+/g) ?? []).every((channel) => Number(channel) < 60),
      ground,
    );
    assert.deepEqual(complaints, []);
  });

  it("draws a hundred agents with less than 1 s of processor time, no box upon another", async () => {
    for (let index = 0; index < 100; index++) {
      const needs = [index - 7, index - 11].filter((other) => other >= 0 && index % 3 > 0);
      const dependencies = needs.map((other) => ({ capability: `c${other}` }));
      await registry.client.register(agent(`agent-${index}`, tool(`c${index}`, { dependencies })));
    }
    const counted = async () => {
      const mesh = await (await fetch(`${dashboard.url}/api/mesh`)).json();
      return (mesh as { agents: unknown[] }).agents.length === 101;
    };
    await eventually("the dashboard knows them", 10, counted);
    const tab = await open({ viewport: { width: 1400, height: 900 } });
    await showsRows(tab, 101);
    const devtools = await tab.context().newCDPSession(tab);
    // Not by the clock, which also counts what else the machine does meanwhile.
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const spent = async () => {
      const { metrics } = await devtools.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
    };
    const before = await spent();
    await tab.reload();
    await tab.locator(".box").nth(100).waitFor();
    const seconds = (await spent()) - before;
    assert.ok(seconds > 0 && seconds < 1, `${seconds} s`);
    const boxes = await tab.locator(".box .frame").evaluateAll((frames) =>
      frames.map((frame) => {
        const { left, right, top, bottom } = frame.getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    );
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const apart =
          a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        assert.ok(apart, JSON.stringify([a, b]));
      }
    }
    assert.deepEqual(complaints, []);
  });
});
