import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Marked, type Tokens } from "marked";

const escaped = (text: string) =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[sign]!,
  );

const document = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – MCP Mesh</title>
<link rel="icon" href="../icon.svg">
<link rel="stylesheet" href="style.css">
</head>
<body>
<nav><a href="../">MCP Mesh</a> <a href="./">All runbooks</a></nav>
<main>
${body}</main>
</body>
</html>
`;

/** Where a link of a runbook leads on the page; undefined if it must not lead there. */
function targetOf(href: string, names: ReadonlySet<string>): string | undefined {
  if (/^https:\/\//i.test(href)) return href;
  const [file = "", anchor] = href.split("#");
  const name = file.replace(/\.md$/, "");
  return names.has(name) && /^[-\w]*$/.test(anchor ?? "")
    ? `${name}${anchor ? `#${anchor}` : ""}`
    : undefined;
}

/** Markdown without a way in for HTML: what looks like it is shown as it was written. */
function renderer(names: ReadonlySet<string>): Marked {
  return new Marked({
    gfm: true,
    renderer: {
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escaped(text),
      // Pictures would come from elsewhere.
      image: ({ text }: Tokens.Image) => escaped(text),
      link(token: Tokens.Link) {
        const text = this.parser.parseInline(token.tokens);
        const target = targetOf(token.href, names);
        return target === undefined ? text : `<a href="${escaped(target)}">${text}</a>`;
      },
    },
  });
}

const NAME = /^[A-Za-z0-9-]+$/;

/**
 * Makes a page of each runbook in a folder, and a list of them. In the build stage of the image it is a
 * command: `node services/dashboard/src/runbooks/build.ts RUNBOOKS FOLDER`.
 */
export function buildRunbooks(source: string, outdir: string): void {
  const files = readdirSync(source).filter((file) => file.endsWith(".md"));
  const names = files.map((file) => basename(file, ".md")).toSorted();
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong) throw new Error(`${join(source, wrong)}.md: name it by letters, digits and dashes`);
  const marked = renderer(new Set(names));
  mkdirSync(outdir, { recursive: true });
  for (const name of names) {
    const html = marked.parse(readFileSync(join(source, `${name}.md`), "utf8"), { async: false });
    writeFileSync(join(outdir, `${name}.html`), document(name, html));
  }
  const list = names.map((name) => `<li><a href="${name}">${name}</a></li>`).join("\n");
  const body = `<h1>Runbooks</h1>\n<ul>\n${list}\n</ul>\n`;
  writeFileSync(join(outdir, "index.html"), document("Runbooks", body));
  const style = readFileSync(join(import.meta.dirname, "style.css"));
  writeFileSync(join(outdir, "style.css"), style);
}

const [, script, source, folder] = process.argv;
if (script === import.meta.filename && source && folder) buildRunbooks(source, folder);
