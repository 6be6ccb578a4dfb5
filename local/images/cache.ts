import { createHash, type Hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheHome, projectRoot } from "#local/setup/environment";

/** Where built images and all that goes into them are kept between runs. */
export const cacheFolder = join(cacheHome(), "images");

/** A short hash over texts and over the files of the project under these paths, names included. */
export function hashOf(texts: string[], paths: string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text}\0`);
  for (const path of paths) addPath(hash, path);
  return hash.digest("hex").slice(0, 16);
}

function addPath(hash: Hash, path: string): void {
  const absolute = join(projectRoot, path);
  if (statSync(absolute).isDirectory()) {
    for (const name of readdirSync(absolute).sort()) {
      if (name !== "node_modules") addPath(hash, join(path, name));
    }
    return;
  }
  const content = readFileSync(absolute);
  hash.update(`${path}\0${content.length}\0`).update(content);
}

/** Writes a file so that it is there in full or not at all. */
export function writeWhole(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
