import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page as Tab } from "playwright-core";
import { browsing } from "#test/contract/dashboard-browser-support";
import { desktop, FixedDashboard, ready } from "#test/contract/dashboard-fixture";
import { sample } from "#test/contract/dashboard-sample";
import { eventually } from "#test/support/eventually";

const views = ["overview", "agents", "graph", "charts", "alerts"] as const;

describe("dashboard for everybody", function () {
  // A browser that opens each view draws slowly where the whole machine is at work.
  this.timeout(300_000);
  const given = browsing();
  let dashboard: FixedDashboard;
  beforeEach(async () => {
    dashboard = await FixedDashboard.start(given.page, sample());
  });
  afterEach(async () => {
    await given.tabs.close();
    await dashboard.stop();
  });

  const open = (view: string, options = {}) =>
    given.tabs.open(`${dashboard.url}/#/${view}`, { ...desktop, ...options });

  it("can be used by keyboard alone: views, details, and from box to box along the links", async () => {
    const tab = await open("overview");
    await ready(tab, "overview");
    await tab.keyboard.press("Tab");
    assert.equal(await focused(tab), "Skip to the content");
    await tab.keyboard.press("Enter");
    assert.equal(await tab.evaluate(() => document.activeElement?.id), "main");
    await tabTo(tab, "Dependencies", true);
    await tab.keyboard.press("Enter");
    await ready(tab, "graph");
    await tabTo(tab, /^back-office .*healthy/);
    const seen: string[] = [];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"]) {
      await tab.keyboard.press(key);
      seen.push((await focused(tab)).split(" ")[0] ?? "");
    }
    assert.ok(["orders", "tickets"].includes(seen[0] ?? ""), seen.join());
    assert.equal(new Set(seen).size >= 3, true, seen.join());
    assert.ok((await tab.locator('[data-kind="lit"] .line').count()) > 0, "its links are lit");
    const name = (await focused(tab)).split(" ")[0] ?? "";
    await tab.keyboard.press("Enter");
    await tab.getByRole("dialog", { name }).waitFor();
    await tab.keyboard.press("Escape");
    await eventually("the focus is back", 5, async () => (await focused(tab)).startsWith(name));
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1400, 375]) {
      it(`has nothing for axe to complain about, ${colorScheme}, ${width} px wide`, async () => {
        const options = {
          colorScheme,
          reducedMotion: "reduce",
          viewport: { width, height: 900 },
        } as const;
        for (const view of views) {
          const tab = await open(view, options);
          await ready(tab, view);
          // By the debugger: the page's policy rightly runs no script that is not its own.
          await tab.evaluate(axe.source);
          if (view === "agents") await tab.getByRole("button", { name: "orders" }).click();
          const violations = await tab.evaluate(async () => {
            const found = await (window as unknown as { axe: typeof axe }).axe.run();
            return found.violations.map(
              ({ id, nodes }) =>
                `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`,
            );
          });
          assert.deepEqual(violations, [], view);
        }
      });
    }
  }

  it("moves nothing by itself for those who asked for that", async () => {
    const tab = await open("graph", { reducedMotion: "reduce" });
    await ready(tab, "graph");
    const lasting = await tab.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter(
          (element) => Number.parseFloat(getComputedStyle(element).transitionDuration) > 0,
        ).length,
    );
    assert.equal(lasting, 0);
  });
});

/** What a screen reader would call what has the focus. */
const focused = (tab: Tab) =>
  tab.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  });

/** Presses Tab, or Shift and Tab, until what has the focus is called that. */
async function tabTo(tab: Tab, name: string | RegExp, back = false): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await tab.keyboard.press(back ? "Shift+Tab" : "Tab");
    const here = await focused(tab);
    if (typeof name === "string" ? here === name : name.test(here)) return;
  }
  throw new Error(`Tab does not lead to ${name}`);
}
