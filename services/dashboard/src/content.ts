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

/** The files of the page, by name, as `page/build.ts` wrote them. */
export type Page = ReadonlyMap<string, Content>;

/** Reads the page from a folder; throws if `page/build.ts` has not been run. */
export function loadPage(folder: URL | string): Page {
  const dir = folder instanceof URL ? fileURLToPath(folder) : folder;
  const files = new Map<string, Content>();
  for (const file of readdirSync(dir)) {
    const type = types[extname(file)];
    if (type) files.set(file, contentOf(type, readFileSync(`${dir}/${file}`)));
  }
  for (const file of ["index.html", "app.js"]) {
    if (!files.has(file))
      throw new Error(`${dir} lacks ${file}: build the page with page/build.ts`);
  }
  return files;
}
