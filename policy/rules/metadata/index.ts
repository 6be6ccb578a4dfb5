import type { Rule } from "#model/rule";
import { validSchema } from "#rules/metadata/valid-schema";

/** In the catalogue's order. */
export const metadata: readonly Rule[] = [validSchema];
