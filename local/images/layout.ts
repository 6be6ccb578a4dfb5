import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, writeWhole } from "#local/images/cache";

/** A manifest, or a blob that one names. */
export interface Descriptor {
  digest: string;
  size: number;
  mediaType: string;
}

export interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
}

/** The OCI layout of all built images: a layer that several share is compressed and kept once. */
export const layout = join(cacheFolder, "layout");

const indexFile = join(layout, "index.json");
const NAME = "org.opencontainers.image.ref.name";

/** The file with the content of that digest. */
export function blobFile(digest: string): string {
  return join(layout, "blobs", digest.replace(":", "/"));
}

/** The image's manifest in the layout, or undefined where it is missing or not whole. */
export function find(name: string): { descriptor: Descriptor; manifest: Manifest } | undefined {
  const descriptor = index().find(({ annotations }) => annotations?.[NAME] === name);
  if (!descriptor || !isWhole(descriptor)) return undefined;
  const manifest = readManifest(descriptor);
  const whole = [manifest.config, ...manifest.layers].every(isWhole);
  return whole ? { descriptor, manifest } : undefined;
}

/** Forgets all images but these, and removes the blobs that only those had. */
export function keepOnly(names: Set<string>): void {
  const manifests = index().filter(({ annotations }) => names.has(annotations?.[NAME] ?? ""));
  writeWhole(indexFile, JSON.stringify({ schemaVersion: 2, manifests }));
  const used = new Set<string>();
  for (const descriptor of manifests) {
    const { config, layers } = readManifest(descriptor);
    for (const { digest } of [descriptor, config, ...layers]) used.add(digest);
  }
  for (const name of readdirSync(join(layout, "blobs/sha256"))) {
    if (!used.has(`sha256:${name}`)) rmSync(join(layout, "blobs/sha256", name));
  }
}

function index(): (Descriptor & { annotations?: Record<string, string> })[] {
  return existsSync(indexFile) ? JSON.parse(readFileSync(indexFile, "utf8")).manifests : [];
}

function readManifest({ digest }: Descriptor): Manifest {
  return JSON.parse(readFileSync(blobFile(digest), "utf8"));
}

function isWhole({ digest, size }: Descriptor): boolean {
  const file = blobFile(digest);
  return existsSync(file) && statSync(file).size === size;
}
