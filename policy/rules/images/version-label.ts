import { parseImage } from "#model/image";
import type { ObjectMeta } from "#model/kubernetes";
import { podRule, show, type Violation } from "#model/rule";

const label = "app.kubernetes.io/version";

export const versionLabel = podRule({
  id: "I7",
  name: "version-label",
  title: "A version label tells the version that runs: the tag of the first container's image.",
  level: "mandatory",
  severity: "medium",
  why: "Dashboards, inventories and people who roll back believe the label, not the image.",
  fix: `Write the image's tag into ${label}, best from the same value; leave the label out where there is none.`,
  pod: ({ subject, spec, metadata, metadataPath }) => {
    const tag = parseImage(spec.containers?.[0]?.image)?.tag;
    if (tag === undefined) return [];
    const own = metadataPath === "metadata" ? [] : judge(subject.body.metadata, "metadata", tag);
    return [...judge(metadata, metadataPath, tag), ...own];
  },
});

function judge(metadata: ObjectMeta | undefined | null, path: string, tag: string): Violation[] {
  const found = metadata?.labels?.[label];
  if (found === undefined || bare(`${found}`) === bare(tag)) return [];
  const message = `is ${show(found)}, but the image of the first container has the tag ${show(tag)}; write the same version in both`;
  return [{ path: `${path}.labels["${label}"]`, message }];
}

function bare(version: string): string {
  return version.replace(/^v(?=\d)/, "");
}
