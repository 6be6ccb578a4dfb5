import { z } from "zod";
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

/** The reference that pods name: by digest where the configuration or the lock knows it. */
export function imageReference(
  image: Image,
  registry: string,
  lock: Record<string, string> = {},
): string {
  const repository = image.name.includes("/") ? image.name : `${registry}/${image.name}`;
  const tagged = `${repository}:${image.tag}`;
  const digest = image.digest ?? lock[tagged];
  return digest === undefined ? tagged : `${tagged}@${digest}`;
}
