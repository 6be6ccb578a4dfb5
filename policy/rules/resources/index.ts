import type { Rule } from "#model/rule";
import { requestsAndLimits } from "#rules/resources/requests-and-limits";

/** In the catalogue's order. */
export const resources: readonly Rule[] = [requestsAndLimits];
