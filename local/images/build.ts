import { dirname, join } from "node:path";
import { type Progress, withLock } from "#local/cluster/system";
import { baseHash, rootArchive } from "#local/images/bases";
import * as buildah from "#local/images/buildah";
import { hashOf, writeWhole } from "#local/images/cache";
import {
  type Base,
  bases,
  extraImages,
  type Image,
  images,
  REPOSITORY,
} from "#local/images/catalogue";
import { goProgram } from "#local/images/go-programs";
import { createLayout, find, keepOnly } from "#local/images/layout";
import { installedPackages } from "#local/images/packages";
import { digestOf, Pusher } from "#local/images/push";
import { projectRoot } from "#local/setup/environment";

/** Digests by `repository:tag`, as deployments name the images. */
export interface Lock {
  images: Record<string, string>;
}

export interface Options {
  /** The registry's `HOST:PORT`; it is spoken to over plain HTTP. */
  registry: string;
  progress: Progress;
}

/**
 * Builds the images that changed, sends what the registry lacks, and writes `images.lock.json`.
 * May be interrupted at any time and run again. Rejects with the last words of what failed.
 */
export async function buildAndPush({ registry, progress }: Options): Promise<Lock> {
  return alone(progress, async () => {
    await buildMissing(progress);
    const pusher = new Pusher(registry);
    const entries: [string, string][] = [];
    // One after another, so that a base is sent with the first image and borrowed by the others.
    for (const image of images) {
      const digest = await pushMissing(image, registry, pusher, progress);
      entries.push([`${REPOSITORY}/${image.name}:${image.tag}`, digest]);
    }
    const lock = { images: Object.fromEntries(entries) };
    writeWhole(join(projectRoot, "images.lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
    return lock;
  });
}

/** Builds one of the images that few stacks need, and sends it. It is in no lock. */
export async function buildAndPushExtra(name: string, { registry, progress }: Options) {
  const image = extraImages.find((each) => each.name === name);
  if (!image) {
    const known = extraImages.map((each) => each.name).join(", ");
    throw new Error(`There is no extra image "${name}"; there are: ${known}.`);
  }
  await alone(progress, async () => {
    await buildMissing(progress, [image]);
    await pushMissing(image, registry, new Pusher(registry), progress);
  });
}

/** Builds the images that changed, without a registry: what can be done before a cluster is up. */
export const buildImages = (progress: Progress): Promise<void> =>
  alone(progress, () => buildMissing(progress));

function alone<T>(progress: Progress, work: () => Promise<T>): Promise<T> {
  return withLock("images", () => progress("waiting for another build of the images to end"), work);
}

async function pushMissing(
  image: Image,
  registry: string,
  pusher: Pusher,
  progress: Progress,
): Promise<string> {
  const built = find(layoutName(image));
  if (!built) throw new Error(`The image ${image.name} was built, but is not in the cache.`);
  const path = `${REPOSITORY.slice(REPOSITORY.indexOf("/") + 1)}/${image.name}`;
  const { digest } = built.descriptor;
  if ((await digestOf(registry, path, image.tag)) !== digest) {
    await timed(progress, `pushed ${image.name}:${image.tag}`, () =>
      pusher.push(path, image.tag, built),
    );
  }
  return digest;
}

/** Builds the images that are not in the cache. */
async function buildMissing(progress: Progress, wanted = images): Promise<void> {
  const missing = wanted.filter((image) => !find(layoutName(image)));
  if (missing.length === 0) return;
  await buildah.removeRemains();
  // A base takes longest and the packages wait for the network: all at once. Then two images at a
  // time, as many as the smallest machine has cores.
  const needed = bases.filter((base) => missing.some((image) => image.base === base.name));
  await Promise.all([
    ...needed.map((base) => buildBase(base, progress)),
    ...missing.filter(({ mount }) => mount === "npm").map(({ name }) => installedPackages(name)),
    ...missing.filter(({ mount }) => mount === "go").map(({ name }) => goProgram(name)),
  ]);
  const queue = [...missing];
  const work = async () => {
    for (let image = queue.shift(); image; image = queue.shift()) {
      const tag = `oci:${createLayout(layoutName(image))}:${image.tag}`;
      await timed(progress, `built ${image.name}`, () => buildImage(image, tag));
    }
  };
  await Promise.all([work(), work()]);
  keepOnly([...images, ...extraImages].map(layoutName));
}

/** Builds one image; its base must be there. */
export async function buildImage(image: Image, tag: string): Promise<void> {
  const base = baseTag(baseOf(image));
  // Only what Node builds has two bases, and buildah refuses arguments that a Dockerfile lacks.
  const args: Record<string, string> = { ...image.args, RUNTIME_IMAGE: base };
  if (image.base === "node" && image.mount) args.BUILD_IMAGE = base;
  await buildah.build({
    tag,
    dockerfile: `${folderOf(image)}/Dockerfile`,
    target: image.target,
    args,
    volume: await mountOf(image),
  });
}

async function mountOf({ name, mount }: Image): Promise<string | undefined> {
  if (mount === "workspace") return `${join(projectRoot, "node_modules")}:/src/node_modules`;
  if (mount === "go") return `${await goProgram(name)}:/build/bin`;
  if (mount === "npm") return `${await installedPackages(name)}:/build/node_modules`;
  return undefined;
}

async function buildBase(base: Base, progress: Progress): Promise<void> {
  const tag = baseTag(base);
  if (await buildah.exists(tag)) return;
  await timed(progress, `built the base of ${base.name}`, async () => {
    const archive = await rootArchive(base);
    await buildah.build({ tag, dockerfile: "images/bases/Dockerfile", context: dirname(archive) });
  });
}

function baseOf(image: Image): Base {
  const base = bases.find(({ name }) => name === image.base);
  if (!base) throw new Error(`The image ${image.name} stands on ${image.base}, which is no base.`);
  return base;
}

function baseTag(base: Base): string {
  return `localhost/mcp-mesh-base/${base.name}:${baseHash(base)}`;
}

/** The name of the image's layout, which changes with anything that goes into it. */
export function layoutName(image: Image): string {
  const inputs = [folderOf(image), "local/images/buildah.ts", ...image.inputs];
  const texts = [baseHash(baseOf(image)), image.tag, image.target ?? ""];
  return `${image.name}-${hashOf(texts, inputs)}`;
}

function folderOf({ name, folder = name }: Image): string {
  return `images/${folder}`;
}

async function timed(progress: Progress, what: string, work: () => Promise<void>): Promise<void> {
  const started = Date.now();
  await work();
  progress(`${what} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
