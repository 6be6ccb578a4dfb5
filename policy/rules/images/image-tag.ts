import { everyImage, matchesPattern } from "#model/admission";
import { imageRule } from "#model/image";
import { show } from "#model/rule";

export const imageTag = imageRule({
  id: "I1",
  name: "image-tag",
  title: "Every image names a tag other than latest, or a digest.",
  level: "mandatory",
  severity: "high",
  why: "What latest means changes between two pulls: nodes differ, and a rollback returns nothing.",
  fix: "Write the version as the tag, best together with the digest.",
  admission: () => [
    everyImage(
      `i.contains("@") || ${matchesPattern("i", /^(.*\/)?[^/:]*:[^/:]+(:[^/]*)?$/)} &&
        !${matchesPattern("i", /^(.*\/)?[^/:]*:latest(:[^/]*)?$/)}`,
    ),
  ],
  problem(image) {
    const problem = problemOf(image);
    return problem && `is ${show(image)}${problem}`;
  },
});

function problemOf(image: string): string | undefined {
  if (image === "") return "; write an image with its version, such as registry.example/app:1.2.3";
  if (image.includes("@")) return undefined;
  // A colon before the last slash belongs to the registry's port.
  const [, tag] = image.slice(image.lastIndexOf("/") + 1).split(":");
  if (!tag) return ", which has no tag; add the version, such as :1.2.3";
  return tag === "latest" ? "; write a version in place of latest" : undefined;
}
