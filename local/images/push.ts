import { openAsBlob } from "node:fs";
import { type BuiltImage, blobFile, type Descriptor } from "#local/images/layout";

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

/** Sends built images to a registry (plain HTTP), but for the blobs that it has. */
export class Pusher {
  readonly #registry: string;
  /** Where in the registry a blob is, once it was seen there: the next repository borrows it. */
  readonly #seen = new Map<string, string>();

  constructor(registry: string) {
    this.#registry = registry;
  }

  async push(path: string, tag: string, { descriptor, manifest }: BuiltImage): Promise<void> {
    for (const blob of [manifest.config, ...manifest.layers]) await this.#pushBlob(path, blob);
    await send(`http://${this.#registry}/v2/${path}/manifests/${tag}`, {
      method: "PUT",
      headers: { "content-type": descriptor.mediaType },
      body: await openAsBlob(blobFile(descriptor.digest)),
    });
  }

  async #pushBlob(path: string, { digest }: Descriptor): Promise<void> {
    const blobs = new URL(`http://${this.#registry}/v2/${path}/blobs/`);
    // "./", or else the digest would count as an address of the scheme sha256.
    const known = await fetch(new URL(`./${digest}`, blobs), { method: "HEAD" });
    if (!known.ok) {
      const start = new URL("uploads/", blobs);
      const from = this.#seen.get(digest);
      if (from) start.search = new URLSearchParams({ mount: digest, from }).toString();
      const upload = await send(start, { method: "POST" });
      // 201: taken over from the other repository. 202: it waits for the content.
      if (upload.status !== 201) {
        const target = new URL(upload.headers.get("location") ?? "", blobs);
        target.searchParams.set("digest", digest);
        await send(target, {
          method: "PUT",
          headers: { "content-type": "application/octet-stream" },
          body: await openAsBlob(blobFile(digest)),
        });
      }
    }
    this.#seen.set(digest, path);
  }
}

async function send(url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw new Error(`${init.method} ${url} ended with ${response.status}: ${await response.text()}`);
}
