import { imageRule, isUnder, parseImage } from "#model/image";
import { list } from "#model/kubernetes";
import { show } from "#model/rule";

export const imageRegistry = imageRule({
  id: "I3",
  name: "image-registry",
  title: "Every image names its registry, and it is one of those allowed.",
  level: "mandatory",
  severity: "high",
  why: "A short name is pulled from whichever registry a node prefers, and any registry may serve harm.",
  fix: "Write the registry's host before the image's name; mirror foreign images to your own registry.",
  settings: {
    registries: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: [],
      description:
        'What images may come from, each a registry with or without a path, such as "ghcr.io/mcp-mesh". Empty: any, as long as the image names it.',
    },
  },
  problem(reference, { settings }) {
    const image = parseImage(reference);
    if (!image) return `is ${show(reference)}; write an image, such as registry.example/app:1.2.3`;
    if (!image.hostNamed) {
      return `is ${show(reference)}, which names no registry; write "${image.host}/" or another before it`;
    }
    const registries = list(settings.registries as string[] | undefined);
    if (registries.length === 0 || registries.some((prefix) => isUnder(image, prefix))) return;
    return `is ${show(reference)}; take an image of ${registries.join(" or ")}`;
  },
});
