import { everyImage, matchesPattern } from "#model/admission";
import { imageRule } from "#model/image";
import { show } from "#model/rule";

const pinned = /@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export const imageDigest = imageRule({
  id: "I2",
  name: "image-digest",
  title: "Every image is pinned by its digest.",
  level: "mandatory",
  severity: "high",
  why: "A tag can be moved to another image, by accident or by an intruder; a digest can't.",
  fix: "Append the digest to the tag: registry.example/app:1.2.3, then @sha256: and what the registry reports.",
  admission: () => [everyImage(matchesPattern("i", pinned))],
  problem: (image) =>
    pinned.test(image)
      ? undefined
      : `is ${show(image)}, which no digest pins; append @sha256: and the image's digest`,
});
