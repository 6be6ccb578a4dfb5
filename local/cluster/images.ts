import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PAUSE_IMAGE } from "#local/cluster/node-config";
import type { ClusterSpec } from "#local/cluster/spec";
import { run, until } from "#local/cluster/system";

interface Entry {
  path: string;
  content?: Buffer;
  link?: string;
  mode?: number;
}

interface Image {
  name: string;
  entries: Entry[];
  config: { User?: string; Entrypoint?: string[]; Cmd?: string[]; Env?: string[] };
}

/** New binaries make new images. */
export const imageTag = (binaries: string) => binaries.slice(-12);

/** A shell with the usual tools, for looking around in the cluster. */
export const BUSYBOX_IMAGE = "mcp-mesh.local/cluster/busybox:1";

const BLOCK = 512;

/** A tar archive that depends on the entries alone, so that one content has one digest. */
export function layer(entries: Entry[]): Buffer {
  const parts: Buffer[] = [];
  for (const { path, content, link, mode } of entries) {
    const directory = path.endsWith("/");
    const header = Buffer.alloc(BLOCK);
    const octal = (value: number, width: number) => `${value.toString(8).padStart(width, "0")}\0`;
    header.write(path, 0, 100);
    header.write(octal(mode ?? (directory ? 0o755 : 0o644), 7), 100);
    header.write(octal(0, 7), 108); // user
    header.write(octal(0, 7), 116); // group
    header.write(octal(content?.length ?? 0, 11), 124);
    header.write(octal(0, 11), 136); // time
    header.write(" ".repeat(8), 148); // the checksum counts as spaces
    header.write(directory ? "5" : link === undefined ? "0" : "2", 156);
    header.write(link ?? "", 157, 100);
    header.write("ustar\0" + "00", 257);
    header.write(
      `${octal(
        header.reduce((sum, byte) => sum + byte, 0),
        6,
      )} `,
      148,
    );
    parts.push(header);
    if (content === undefined) continue;
    parts.push(content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

async function images(binaries: string): Promise<Image[]> {
  const program = (name: string, image: string, user: string): Image => ({
    name: image,
    entries: [{ path: name, content: readFileSync(join(binaries, name)), mode: 0o755 }],
    config: { User: user, Entrypoint: [`/${name}`] },
  });
  const applets = (await run("/bin/busybox", ["--list"])).trim().split("\n");
  const busybox: Image = {
    name: BUSYBOX_IMAGE,
    entries: [
      { path: "bin/" },
      { path: "bin/busybox", content: readFileSync("/bin/busybox"), mode: 0o755 },
      ...applets
        .filter((name) => name !== "busybox")
        .map((name) => ({ path: `bin/${name}`, link: "busybox" })),
      { path: "tmp/", mode: 0o1777 },
    ],
    config: { Cmd: ["sh"], Env: ["PATH=/bin"] },
  };
  return [
    program("pause", PAUSE_IMAGE, "65535:65535"),
    program("coredns", `mcp-mesh.local/cluster/coredns:${imageTag(binaries)}`, "65532:65532"),
    program(
      "metrics-server",
      `mcp-mesh.local/cluster/metrics-server:${imageTag(binaries)}`,
      "65532:65532",
    ),
    busybox,
  ];
}

/** Puts the cluster's own images into its registry, where they are not there yet. */
export async function pushImages(spec: ClusterSpec, binaries: string): Promise<void> {
  await until("the image registry's start", 30, async () => {
    return (await fetch(`http://${spec.registry}/v2/`)).ok;
  });
  await Promise.all((await images(binaries)).map((image) => push(spec.registry, image)));
}

async function push(registry: string, image: Image): Promise<void> {
  const [, path = "", tag = ""] = /^[^/]+\/(.+):(.+)$/.exec(image.name) ?? [];
  const base = `http://${registry}/v2/${path}`;
  const content = layer(image.entries);
  const archive = await blob(base, "application/vnd.oci.image.layer.v1.tar", content);
  const config = {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: image.config,
    rootfs: { type: "layers", diff_ids: [archive.digest] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: await blob(
      base,
      "application/vnd.oci.image.config.v1+json",
      Buffer.from(JSON.stringify(config)),
    ),
    layers: [archive],
  };
  await request(`${base}/manifests/${tag}`, {
    method: "PUT",
    headers: { "content-type": manifest.mediaType },
    body: JSON.stringify(manifest),
  });
}

async function blob(base: string, mediaType: string, content: Buffer) {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const known = await fetch(`${base}/blobs/${digest}`, { method: "HEAD" });
  if (!known.ok) {
    const upload = await request(`${base}/blobs/uploads/`, { method: "POST" });
    const target = new URL(upload.headers.get("location") ?? "", base);
    target.searchParams.set("digest", digest);
    await request(target, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(content),
    });
  }
  return { mediaType, digest, size: content.length };
}

async function request(url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok)
    throw new Error(`${init.method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}
