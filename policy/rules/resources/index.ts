import type { Rule } from "#model/rule";
import { ephemeralStorage } from "#rules/resources/ephemeral-storage";
import { fitsConnections } from "#rules/resources/fits-connections";
import { fitsQuota } from "#rules/resources/fits-quota";
import { namespaceLimits } from "#rules/resources/namespace-limits";
import { namespaceQuota } from "#rules/resources/namespace-quota";
import { requestsAndLimits } from "#rules/resources/requests-and-limits";

/** In the catalogue's order. */
export const resources: readonly Rule[] = [
  requestsAndLimits,
  ephemeralStorage,
  namespaceQuota,
  namespaceLimits,
  fitsQuota,
  fitsConnections,
];
