import type { Rule } from "#model/rule";
import { noCredentialsInConfiguration } from "#rules/secrets/no-credentials-in-configuration";
import { noLiteralCredentials } from "#rules/secrets/no-literal-credentials";
import { noServiceAccountTokenSecrets } from "#rules/secrets/no-service-account-token-secrets";
import { restartOnChange } from "#rules/secrets/restart-on-change";
import { secretDataIsSecret } from "#rules/secrets/secret-data-is-secret";
import { secretsAsFiles } from "#rules/secrets/secrets-as-files";

/** In the catalogue's order. */
export const secrets: readonly Rule[] = [
  secretsAsFiles,
  noLiteralCredentials,
  noCredentialsInConfiguration,
  noServiceAccountTokenSecrets,
  secretDataIsSecret,
  restartOnChange,
];
