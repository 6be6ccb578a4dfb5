import assert from "node:assert/strict";
import type { Page as Tab } from "playwright-core";
import { graphOf } from "#services/dashboard/src/page/graph/model";
import { browsing } from "#test/contract/dashboard-browser-support";
import { desktop, FixedDashboard, known } from "#test/contract/dashboard-fixture";
import { sample } from "#test/contract/dashboard-sample";
import { bigMesh } from "#test/contract/dashboard-sample-mesh";
import { eventually } from "#test/support/eventually";

const AGENTS = 500;
const LINKS = 1_500;
/** A sixtieth of a second, which is what a frame may take of the page's own thread. */
const FRAME_MS = 1000 / 60;

describe("dashboard graph of 500 agents and 1,500 links", function () {
  this.timeout(180_000);
  const given = browsing();
  let dashboard: FixedDashboard;
  let tab: Tab;

  before(async () => {
    const shown = { ...sample(), mesh: known(bigMesh(AGENTS, LINKS)) };
    dashboard = await FixedDashboard.start(given.page, shown);
    tab = await given.tabs.open(`${dashboard.url}/#/graph`, desktop);
    await tab
      .locator(".box")
      .nth(AGENTS - 1)
      .waitFor({ timeout: 60_000 });
  });
  after(async () => {
    await given.tabs?.close();
    await dashboard?.stop();
  });

  /**
   * Milliseconds of processor time that the page's own thread spends on each frame meanwhile. Not by
   * the clock, which also counts what else the machine does.
   */
  async function frameCost(movement: () => Promise<void>): Promise<number> {
    const devtools = await tab.context().newCDPSession(tab);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const metric = async (wanted: string) => {
      const { metrics } = await devtools.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    };
    await tab.evaluate(() => {
      const counted = window as unknown as { frames: number };
      counted.frames = 0;
      const count = () => {
        counted.frames++;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
    });
    const before = await metric("TaskDuration");
    await movement();
    const spent = (await metric("TaskDuration")) - before;
    const frames = await tab.evaluate(() => (window as unknown as { frames: number }).frames);
    await devtools.detach();
    assert.ok(frames > 0);
    return (spent * 1000) / frames;
  }
  const place = () =>
    tab.locator(".react-flow__viewport").evaluate((view) => getComputedStyle(view).transform);

  it("is laid out in a worker, and takes less than 3 s of the page's own processor time to show", async () => {
    await tab.reload();
    await tab.locator(".top").waitFor();
    const devtools = await tab.context().newCDPSession(tab);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    await tab
      .locator(".box")
      .nth(AGENTS - 1)
      .waitFor({ timeout: 60_000 });
    const { metrics } = await devtools.send("Performance.getMetrics");
    const spent = metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
    assert.ok(spent < 3, `${spent} s of processor time in all`);
    assert.equal(tab.workers().length, 1);
    const { links } = graphOf(bigMesh(AGENTS, LINKS));
    assert.equal(await tab.locator(".rest .line").count(), links.length);
  });

  it("is dragged within the time of a frame", async () => {
    const before = await place();
    const cost = await frameCost(async () => {
      await tab.mouse.move(700, 500);
      await tab.mouse.down();
      for (let step = 1; step <= 40; step++) await tab.mouse.move(700 + step * 6, 500 - step * 3);
      await tab.mouse.up();
    });
    assert.notEqual(await place(), before);
    assert.ok(cost < FRAME_MS, `${cost} ms`);
  });

  it("is zoomed within the time of two frames", async () => {
    const before = await place();
    const cost = await frameCost(async () => {
      for (let step = 0; step < 20; step++) await tab.mouse.wheel(0, -40);
      await eventually("it is larger", 10, async () => (await place()) !== before);
    });
    assert.ok(cost < 2 * FRAME_MS, `${cost} ms`);
  });

  it("takes a change of one agent's state without being laid out again", async () => {
    const mesh = bigMesh(AGENTS, LINKS);
    const [first, ...others] = mesh.agents;
    assert.ok(first);
    const box = tab.locator(`.box[data-key="${first.namespace}/${first.name}"]`);
    const where = () =>
      box.evaluate((node) => (node as HTMLElement).parentElement?.style.transform);
    const before = await where();
    dashboard.show({
      mesh: known({ ...mesh, agents: [{ ...first, status: "unhealthy" }, ...others] }),
    });
    await eventually(
      "it is unhealthy",
      15,
      async () => (await box.getAttribute("data-state")) === "unhealthy",
    );
    assert.equal(await where(), before);
  });
});
