import type { Rule } from "#model/rule";
import { exemptionsInForce } from "#rules/pulumi/exemptions-in-force";
import { knownInPreview } from "#rules/pulumi/known-in-preview";
import { opaqueInstallers } from "#rules/pulumi/opaque-installers";
import { protectedData } from "#rules/pulumi/protected-data";

/** In the catalogue's order; what reports on other rules stands last. */
export const pulumi: readonly Rule[] = [
  opaqueInstallers,
  knownInPreview,
  protectedData,
  exemptionsInForce,
];
