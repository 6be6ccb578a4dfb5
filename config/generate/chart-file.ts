import { parseDocument } from "yaml";
import { z } from "zod";

const LICENSE = "MIT";

const image = z.object({ registry: z.string(), repository: z.string(), tag: z.string() });

/**
 * A Chart.yaml with what follows from the values that the chart and those in it have by default: the
 * images, as Artifact Hub wants to be told of them.
 */
export function chartFile(text: string, defaults: readonly unknown[]): string {
  const document = parseDocument(text);
  const images = [...new Set(defaults.flatMap(imagesIn))].toSorted();
  document.setIn(["annotations", "artifacthub.io/license"], LICENSE);
  if (images.length > 0) {
    const list = images.map((name) => `- name: ${shortName(name)}\n  image: ${name}\n`).join("");
    document.setIn(["annotations", "artifacthub.io/images"], list);
  }
  return document.toString({ lineWidth: 0 });
}

/** The references of all images anywhere in some values. */
function imagesIn(values: unknown): string[] {
  if (typeof values !== "object" || values === null) return [];
  const found = image.safeParse(values);
  if (!found.success) return Object.values(values).flatMap(imagesIn);
  const { registry, repository, tag } = found.data;
  return [`${registry}/${repository}:${tag}`];
}

const shortName = (reference: string) => reference.replace(/^.*\//, "").replace(/:.*$/, "");
