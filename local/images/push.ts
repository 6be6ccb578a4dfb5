import { openAsBlob } from "node:fs";
import { blobFile, type Descriptor, type Manifest } from "#local/images/layout";

/** Asks a registry for the digest that a tag has there; undefined where it has none. */
export async function digestOf(
  registry: string,
  path: string,
  tag: string,
): Promise<string | undefined> {
  const response = await fetch(`http://${registry}/v2/${path}/manifests/${tag}`, {
    method: "HEAD",
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  return response.ok ? (response.headers.get("docker-content-digest") ?? undefined) : undefined;
}

/** Sends an image of the layout to a registry (plain HTTP), but for the blobs that it has. */
export async function push(
  registry: string,
  path: string,
  tag: string,
  image: { descriptor: Descriptor; manifest: Manifest },
): Promise<void> {
  const repository = `http://${registry}/v2/${path}`;
  const { descriptor, manifest } = image;
  await Promise.all(
    [manifest.config, ...manifest.layers].map((blob) => pushBlob(repository, blob)),
  );
  await send(`${repository}/manifests/${tag}`, {
    method: "PUT",
    headers: { "content-type": descriptor.mediaType },
    body: await openAsBlob(blobFile(descriptor.digest)),
  });
}

async function pushBlob(repository: string, { digest }: Descriptor): Promise<void> {
  const known = await fetch(`${repository}/blobs/${digest}`, { method: "HEAD" });
  if (known.ok) return;
  const upload = await send(`${repository}/blobs/uploads/`, { method: "POST" });
  const target = new URL(upload.headers.get("location") ?? "", repository);
  target.searchParams.set("digest", digest);
  await send(target, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body: await openAsBlob(blobFile(digest)),
  });
}

async function send(url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw new Error(`${init.method} ${url} ended with ${response.status}: ${await response.text()}`);
}
