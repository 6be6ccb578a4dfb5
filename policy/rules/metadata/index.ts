import type { Rule } from "#model/rule";
import { backedUpVolumes } from "#rules/metadata/backed-up-volumes";
import { explicitNamespace } from "#rules/metadata/explicit-namespace";
import { explicitStorageClass } from "#rules/metadata/explicit-storage-class";
import { noSystemNamespaces } from "#rules/metadata/no-system-namespaces";
import { podSecurityEnforced } from "#rules/metadata/pod-security-enforced";
import { recommendedLabels } from "#rules/metadata/recommended-labels";
import { servedApiVersions } from "#rules/metadata/served-api-versions";
import { validSchema } from "#rules/metadata/valid-schema";

/** In the catalogue's order. */
export const metadata: readonly Rule[] = [
  explicitNamespace,
  noSystemNamespaces,
  podSecurityEnforced,
  recommendedLabels,
  servedApiVersions,
  explicitStorageClass,
  backedUpVolumes,
  validSchema,
];
