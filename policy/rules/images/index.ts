import type { Rule } from "#model/rule";
import { imageTag } from "#rules/images/image-tag";

/** In the catalogue's order. */
export const images: readonly Rule[] = [imageTag];
