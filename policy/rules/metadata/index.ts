import type { Rule } from "#model/rule";

/** In the catalogue's order. */
export const metadata: readonly Rule[] = [];
