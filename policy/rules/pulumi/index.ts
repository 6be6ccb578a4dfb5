import type { Rule } from "#model/rule";
import { exemptionsInForce } from "#rules/pulumi/exemptions-in-force";
import { knownInPreview } from "#rules/pulumi/known-in-preview";
import { opaqueInstallers } from "#rules/pulumi/opaque-installers";
import { protectedData } from "#rules/pulumi/protected-data";

/** What reports on other rules stands last. */
export const pulumi: readonly Rule[] = [
  opaqueInstallers,
  protectedData,
  knownInPreview,
  exemptionsInForce,
];
