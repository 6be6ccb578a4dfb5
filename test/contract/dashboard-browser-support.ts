import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page as Tab,
} from "playwright-core";
import type { Page } from "#services/dashboard/src/content";
import { builtPage } from "#test/contract/dashboard-support";

const CHROMIUM = "/usr/bin/chromium";

/** Why there is no browser here; undefined if there is one. */
export const noBrowser = (): string | undefined =>
  existsSync(CHROMIUM) ? undefined : `no browser at ${CHROMIUM}: install the package chromium`;

/** Debian's Chromium, without a window. */
export function launchBrowser(): Promise<Browser> {
  const missing = noBrowser();
  if (missing) throw new Error(missing);
  // Its sandbox refuses to run as root.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** One browser for the tests of a file, with what it complained about in the current one. */
export class Tabs {
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Opens an address in a context of its own: no cookies, no cache. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await this.#browser.newContext(options);
    const tab = await context.newPage();
    const { origin } = new URL(url);
    // Violations of the content security policy come as console errors, too. What another site's
    // pages lack, such as an icon, is theirs.
    tab.on("console", (message) => {
      const { url: where } = message.location();
      const ours = !URL.canParse(where) || new URL(where).origin === origin;
      if (message.type() === "error" && ours) this.complaints.push(message.text());
    });
    tab.on("pageerror", (error) => this.complaints.push(String(error)));
    tab.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await tab.goto(url);
    return tab;
  }

  /** Ends a test: closes what it opened, and takes nothing that the browser complained about. */
  async close(allowed = /(?!)/): Promise<void> {
    for (const context of this.#browser.contexts()) await context.close();
    const complaints = this.complaints.splice(0).filter((text) => !allowed.test(text));
    assert.deepEqual(complaints, []);
  }
}

/**
 * Gives the tests of a `describe` the page as it is built, and a browser with tabs; they are skipped
 * where there is no browser. What it returns is filled before the first test.
 */
export function browsing(): { page: Page; tabs: Tabs } {
  const given = {} as { page: Page; tabs: Tabs };
  let browser: Browser | undefined;
  before(async function () {
    const missing = noBrowser();
    if (missing) {
      console.log(`    ${missing}`);
      this.skip();
    }
    given.page = await builtPage();
    browser = await launchBrowser();
    given.tabs = new Tabs(browser);
  });
  after(() => browser?.close());
  return given;
}
