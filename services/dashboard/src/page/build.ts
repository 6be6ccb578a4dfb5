import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";

const here = import.meta.dirname;

const common: BuildOptions = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2023",
  // Browsers since 2024 know light-dark() and nesting; esbuild would spell them out.
  supported: { nesting: true },
  logLevel: "warning",
};

/** The files that the page can't begin without. */
function neededFirst({ outputs }: Metafile): string[] {
  const needed = new Set<string>();
  const add = (path: string) => {
    if (needed.has(path)) return;
    needed.add(path);
    for (const { kind, path: other } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement") add(other);
    }
  };
  // In this order: a browser asks for six at a time.
  for (const entry of ["first.js", "app.js"]) {
    for (const path of Object.keys(outputs)) if (path.endsWith(`/${entry}`)) add(path);
  }
  return [...needed].map((path) => path.slice(path.lastIndexOf("/") + 1));
}

/**
 * Builds the page into a folder: a document, a style sheet, a picture, and modules, of which the
 * graph's and the charts' come later. In the build stage of the image it is a command:
 * `node services/dashboard/src/page/build.ts FOLDER`.
 */
export async function buildPage(outdir: string): Promise<void> {
  // A program of its own, for the worker.
  await build({ ...common, entryPoints: [join(here, "graph/layout-worker.ts")], outdir });
  const { metafile } = await build({
    ...common,
    entryPoints: ["app.tsx", "data/first.ts", "style.css", "icon.svg"].map((file) => ({
      in: join(here, file),
      out: file.replace(/^.*\/|\.\w+$/g, ""),
    })),
    outdir,
    splitting: true,
    metafile: true,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".svg": "copy" },
    chunkNames: "[name]-[hash]",
  });
  // Else a browser learns of what `app.js` imports only when it has read it: a round trip more.
  const links = neededFirst(metafile).map((file) => `<link rel="modulepreload" href="${file}" />`);
  const page = readFileSync(join(here, "index.html"), "utf8");
  writeFileSync(
    join(outdir, "index.html"),
    page.replace("<script", `${links.join("\n    ")}\n    <script`),
  );
}

const [, script, folder] = process.argv;
if (script === import.meta.filename && folder) await buildPage(folder);
