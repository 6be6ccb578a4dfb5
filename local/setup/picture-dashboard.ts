/**
 * Pictures of the dashboard: its own server and page in a browser, over the sample mesh that its tests
 * use, so that they are the same each time but for the hours.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type Page as Tab } from "playwright-core";
import { launchBrowser } from "#test/contract/dashboard-browser-support";
import { FixedDashboard } from "#test/contract/dashboard-fixture";
import { sample } from "#test/contract/dashboard-sample";
import { builtPage } from "#test/contract/dashboard-support";

interface Picture {
  file: string;
  address: string;
  /** Of the window; the whole page is drawn if it is higher and `whole` says so. */
  height: number;
  dark?: true;
  /** What has to be there before it is drawn. */
  ready(tab: Tab): Promise<unknown>;
}

const drawn = (tab: Tab) => tab.locator(".plot canvas").nth(1).waitFor();

const pictures: Picture[] = [
  { file: "dashboard.png", address: "#/overview", height: 1000, ready: drawn },
  {
    ...{ file: "dashboard-graph.png", address: "#/graph", height: 860 },
    ready: async (tab) => {
      await tab.locator('.box[data-key="mcp-mesh/orders"]').hover();
    },
  },
  { file: "dashboard-charts.png", address: "#/charts", height: 940, ready: drawn },
  {
    ...{ file: "dashboard-agents.png", address: "#/agents?agent=mcp-mesh%2Forders", height: 900 },
    ready: (tab) => tab.getByRole("dialog").waitFor(),
  },
  { file: "dashboard-dark.png", address: "#/overview", height: 1000, dark: true, ready: drawn },
];

async function draw(browser: Browser, url: string, folder: string, picture: Picture) {
  const { file, address, height, dark, ready } = picture;
  const context = await browser.newContext({
    viewport: { width: 1400, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const tab = await context.newPage();
  await tab.goto(`${url}/${address}`);
  await ready(tab);
  // Two frames later, what was just added is drawn.
  await tab.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  await tab.screenshot({ path: join(folder, file) });
  await context.close();
}

/** Draws all of them into a folder; resolves with their names. */
export async function dashboardPictures(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const dashboard = await FixedDashboard.start(await builtPage(), sample());
  const browser = await launchBrowser();
  try {
    for (const picture of pictures) await draw(browser, dashboard.url, folder, picture);
  } finally {
    await browser.close();
    await dashboard.stop();
  }
  return pictures.map(({ file }) => file);
}
