import { z } from "zod";
import type { ImagePart } from "#config/charts/common";
import type { Image } from "#config/shapes";

const lockSchema = z.object({
  images: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
});

/** Digests by `repository:tag`, from the text of a lock file. Throws a sentence. */
export function parseLock(file: string, text: string): Record<string, string> {
  try {
    return lockSchema.parse(JSON.parse(text)).images;
  } catch (error) {
    throw new Error(`${file} is not a lock of images; push the images again to write it anew.`, {
      cause: error,
    });
  }
}

/**
 * The image that the charts take: a short name is looked up in `source`, and pinned by digest where
 * the configuration or the lock knows it.
 */
export function imagePartOf(
  image: Image,
  source: string,
  lock: Record<string, string> = {},
): ImagePart {
  const named = image.name.includes("/") ? image.name : `${source}/${image.name}`;
  const [host = "", ...rest] = named.split("/");
  const digest = image.digest ?? lock[`${named}:${image.tag}`];
  // As container runtimes read a name: what has no dot, no port and no slash before it is no host.
  const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(host);
  return {
    registry: hasHost ? host : "docker.io",
    repository: hasHost ? rest.join("/") : named.replace(/^(?!.*\/)/, "library/"),
    tag: image.tag,
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The same image, by the digest that the lock knows, if it has none of its own. */
export function pinnedPart(image: ImagePart, lock: Record<string, string>): ImagePart {
  const digest = image.digest ?? lock[imageReference(image)];
  return digest === undefined ? image : { ...image, digest };
}

/** The reference that pods name. */
export function imageReference(image: ImagePart, mirror = ""): string {
  const tagged = `${mirror || image.registry}/${image.repository}:${image.tag}`;
  return image.digest === undefined ? tagged : `${tagged}@${image.digest}`;
}
