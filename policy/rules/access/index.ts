import type { Rule } from "#model/rule";
import { noAnonymousAccess } from "#rules/access/no-anonymous-access";
import { noClusterAdmin } from "#rules/access/no-cluster-admin";
import { noEscalation } from "#rules/access/no-escalation";
import { noExec } from "#rules/access/no-exec";
import { noNodeOrTokenAccess } from "#rules/access/no-node-or-token-access";
import { noSecretReading } from "#rules/access/no-secret-reading";
import { noWebhookWriting } from "#rules/access/no-webhook-writing";
import { noWildcards } from "#rules/access/no-wildcards";
import { noWorkloadCreation } from "#rules/access/no-workload-creation";

/** In the catalogue's order. */
export const access: readonly Rule[] = [
  noWildcards,
  noClusterAdmin,
  noSecretReading,
  noWorkloadCreation,
  noExec,
  noEscalation,
  noWebhookWriting,
  noNodeOrTokenAccess,
  noAnonymousAccess,
];
