import type { Rule } from "#model/rule";
import { imageDigest } from "#rules/images/image-digest";
import { imageRegistry } from "#rules/images/image-registry";
import { imageSignature } from "#rules/images/image-signature";
import { imageTag } from "#rules/images/image-tag";
import { versionLabel } from "#rules/images/version-label";

/** In the catalogue's order. */
export const images: readonly Rule[] = [
  imageTag,
  imageDigest,
  imageRegistry,
  imageSignature,
  versionLabel,
];
