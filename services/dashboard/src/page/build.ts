import { build } from "esbuild";

/**
 * Builds the page into a folder: one document, one style sheet, one module, one picture. In the
 * build stage of the image it is a command: `node services/dashboard/src/page/build.ts FOLDER`.
 */
export async function buildPage(outdir: string): Promise<void> {
  const here = import.meta.dirname;
  await build({
    entryPoints: ["index.html", "style.css", "app.ts", "icon.svg"].map((file) => `${here}/${file}`),
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2023",
    // Browsers since 2024 know light-dark() and nesting; esbuild would spell them out.
    supported: { nesting: true },
    loader: { ".html": "copy", ".svg": "copy" },
    logLevel: "warning",
  });
}

const [, script, folder] = process.argv;
if (script === import.meta.filename && folder) await buildPage(folder);
