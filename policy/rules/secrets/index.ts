import type { Rule } from "#model/rule";
import { secretDataIsSecret } from "#rules/secrets/secret-data-is-secret";

/** In the catalogue's order. */
export const secrets: readonly Rule[] = [secretDataIsSecret];
