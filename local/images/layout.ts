import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "#local/images/cache";

/** A manifest, or a blob that one names. */
export interface Descriptor {
  digest: string;
  size: number;
  mediaType: string;
}

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
}

/** An image that is there in full. */
export interface BuiltImage {
  descriptor: Descriptor;
  manifest: Manifest;
}

const layouts = join(cacheFolder, "layouts");
const blobs = join(cacheFolder, "blobs");

/** The file with the content of that digest. */
export function blobFile(digest: string): string {
  return join(blobs, digest.replace(":", "/"));
}

/**
 * Makes an OCI layout for one image, and returns its path. All share one folder of blobs, so that
 * a layer that several images have is written once; what makes an image is its `index.json`.
 */
export function createLayout(name: string): string {
  const folder = join(layouts, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(blobs, { recursive: true });
  symlinkSync("../../blobs", join(folder, "blobs"));
  return folder;
}

/** The image's manifest, or undefined where the image is missing or not whole. */
export function find(name: string): BuiltImage | undefined {
  const index = join(layouts, name, "index.json");
  if (!existsSync(index)) return undefined;
  const [descriptor] = JSON.parse(readFileSync(index, "utf8")).manifests as Descriptor[];
  if (!descriptor || !isWhole(descriptor)) return undefined;
  const manifest: Manifest = JSON.parse(readFileSync(blobFile(descriptor.digest), "utf8"));
  const whole = [manifest.config, ...manifest.layers].every(isWhole);
  return whole ? { descriptor, manifest } : undefined;
}

/** Removes all images but these, and the blobs that only those had. */
export function keepOnly(names: string[]): void {
  for (const name of readdirSync(layouts)) {
    if (!names.includes(name)) rmSync(join(layouts, name), { recursive: true });
  }
  const used = new Set<string>();
  for (const name of names) {
    const image = find(name);
    if (!image) continue;
    const { config, layers } = image.manifest;
    for (const { digest } of [image.descriptor, config, ...layers]) used.add(blobFile(digest));
  }
  for (const name of readdirSync(join(blobs, "sha256"))) {
    const file = blobFile(`sha256:${name}`);
    if (!used.has(file)) rmSync(file);
  }
}

function isWhole({ digest, size }: Descriptor): boolean {
  const file = blobFile(digest);
  return existsSync(file) && statSync(file).size === size;
}
