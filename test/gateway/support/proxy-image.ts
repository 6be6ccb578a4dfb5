import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";
import { baseHash, rootArchive } from "#local/images/bases";
import type { Base } from "#local/images/catalogue";
import { digestOf } from "#local/images/push";

/** Debian's nginx and HAProxy. Named like a product's base, because that name is not looked at. */
const base: Base = { name: "postgres", packages: ["base-files", "haproxy", "nginx-light"] };
const path = "mcp-mesh-tests/proxies";

/**
 * Puts an image with both proxies, which only tests need, into a registry (`HOST:PORT`, plain HTTP).
 * Returns its reference. Rejects with what the registry or the package manager says.
 */
export async function pushProxies(registry: string): Promise<string> {
  const tag = baseHash(base);
  const reference = `ghcr.io/${path}:${tag}`;
  if (await digestOf(registry, path, tag)) return reference;
  const archive = await rootArchive(base);
  const hash = createHash("sha256").update(await readFile(archive));
  const layer = { digest: `sha256:${hash.digest("hex")}`, content: await openAsBlob(archive) };
  const config = blobOf({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { User: "65532:65532" },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  for (const { digest, content } of [layer, config]) {
    const started = await send(`http://${registry}/v2/${path}/blobs/uploads/`, "POST");
    const target = new URL(started.headers.get("location") ?? "", `http://${registry}`);
    target.searchParams.set("digest", digest);
    await send(target, "PUT", content, "application/octet-stream");
  }
  const type = "application/vnd.oci.image.manifest.v1+json";
  const describe = ({ digest, content }: { digest: string; content: Blob }, mediaType: string) => ({
    mediaType: `application/vnd.oci.image.${mediaType}`,
    digest,
    size: content.size,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: type,
    config: describe(config, "config.v1+json"),
    layers: [describe(layer, "layer.v1.tar")],
  };
  const text = new Blob([JSON.stringify(manifest)]);
  await send(`http://${registry}/v2/${path}/manifests/${tag}`, "PUT", text, type);
  return reference;
}

function blobOf(value: unknown): { digest: string; content: Blob } {
  const text = JSON.stringify(value);
  const hash = createHash("sha256").update(text).digest("hex");
  return { digest: `sha256:${hash}`, content: new Blob([text]) };
}

async function send(url: string | URL, method: string, body?: Blob, type?: string) {
  const headers = type ? { "content-type": type } : undefined;
  const response = await fetch(url, { method, body, headers });
  if (response.ok) return response;
  throw new Error(`${method} ${url} ended with ${response.status}: ${await response.text()}`);
}
