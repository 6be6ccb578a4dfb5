import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** Something to send, ready in both encodings. */
export interface Content {
  type: string;
  body: Buffer;
  gzipped: Buffer;
  etag: string;
}

/** `identity` is what the ETag stands for, if less than the body: the tag is a weak one anyway. */
export function contentOf(type: string, body: string | Buffer, identity = body): Content {
  const hash = createHash("sha256").update(identity).digest("base64url").slice(0, 22);
  const bytes = Buffer.from(body);
  return { type, body: bytes, gzipped: gzipSync(bytes), etag: `W/"${hash}"` };
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files of a folder by name, ready to send. */
export type Files = ReadonlyMap<string, Content>;

/** The page, as `page/build.ts` wrote it. */
export type Page = Files;

/** All that stands in files: what is shown to everybody, and the runbooks. */
export interface Site {
  page: Page;
  /** As `runbooks/build.ts` wrote them. */
  runbooks: Files;
}

function load(folder: URL | string, needed: readonly string[], builder: string): Files {
  const dir = folder instanceof URL ? fileURLToPath(folder) : folder;
  const files = new Map<string, Content>();
  for (const file of readdirSync(dir)) {
    const type = types[extname(file)];
    if (type) files.set(file, contentOf(type, readFileSync(`${dir}/${file}`)));
  }
  for (const file of needed) {
    if (!files.has(file)) throw new Error(`${dir} lacks ${file}: build it with ${builder}`);
  }
  return files;
}

/** Reads the page from a folder; throws if `page/build.ts` has not been run. */
export const loadPage = (folder: URL | string): Page =>
  load(folder, ["index.html", "app.js"], "page/build.ts");

/** Reads the runbooks from a folder; throws if `runbooks/build.ts` has not been run. */
export const loadRunbooks = (folder: URL | string): Files =>
  load(folder, ["index.html", "style.css"], "runbooks/build.ts");

/** The alerts that there is a runbook for. */
export function runbookNames(runbooks: Files): Set<string> {
  const pages = [...runbooks.keys()].filter((file) => file.endsWith(".html"));
  return new Set(pages.map((file) => file.slice(0, -".html".length)).filter((n) => n !== "index"));
}
