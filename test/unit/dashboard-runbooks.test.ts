import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildRunbooks } from "#services/dashboard/src/runbooks/build";

describe("the page's runbooks", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-runbooks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const rendered = (text: string): string => {
    const source = join(folder, "source");
    mkdirSync(source);
    writeFileSync(join(source, "A.md"), text);
    writeFileSync(join(source, "Other.md"), "# Other");
    buildRunbooks(source, join(folder, "out"));
    return readFileSync(join(folder, "out", "A.html"), "utf8");
  };

  it("are made of every runbook of the project, with links that lead to each other", () => {
    buildRunbooks("docs/runbooks", folder);
    const names = readdirSync("docs/runbooks").map((file) => file.replace(/\.md$/, ""));
    const list = readFileSync(join(folder, "index.html"), "utf8");
    for (const name of names) {
      assert.match(list, new RegExp(`<a href="${name}">`));
      const page = readFileSync(join(folder, `${name}.html`), "utf8");
      assert.match(page, /<h2>/, name);
      for (const [, href = ""] of page.matchAll(/<a href="([^"]+)"/g)) {
        const known = ["../", "./"].includes(href) || names.includes(href.split("#")[0] ?? "");
        assert.ok(known || href.startsWith("https://"), `${name}: ${href}`);
      }
    }
  });

  it("let no HTML through, and no link but to the web and to each other", () => {
    const html = rendered(
      [
        "# A <b>bold</b> title",
        '<script>alert(1)</script>\n\n<img src=x onerror="alert(1)">',
        "text with <iframe src=//evil></iframe> in it",
        '[x](javascript:alert(1)) [y](data:text/html,x) [z](https://e.example/"onclick=x) ![i](x.png)',
        "[other](Other.md) [gone](Gone.md) [up](../../etc)",
        '```js"><script>\n</code><script>\n```',
      ].join("\n\n"),
    );
    const body = html.slice(html.indexOf("<main>"));
    const tags = new Set([...body.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag));
    assert.deepEqual([...tags].toSorted(), ["a", "code", "h1", "main", "p", "pre"]);
    const links = [...body.matchAll(/<a href="([^"]*)">/g)].map(([, href]) => href);
    assert.deepEqual(links, ["https://e.example/&quot;onclick=x", "Other"]);
    assert.doesNotMatch(body, /<[^>]*\son[a-z]+=/);
    assert.match(body, /&lt;script&gt;/);
  });
});
