import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { houseMetadata, recommendedLabels } from "#components/internal/house";
import type { Global } from "#components/internal/types";

/** Where a generated password is kept. */
export interface PasswordPlace {
  namespace: string;
  /** Whose password it is. */
  component: string;
  global?: Global | undefined;
  /** Kept beside it, for who wants both from one Secret. */
  username?: string;
}

export const RANDOM = { length: 32, special: false };

/** A generated password in a Secret of this name, because charts look for it under its name. */
export function makePassword(
  parent: pulumi.Resource,
  name: string,
  { namespace, component, global, username }: PasswordPlace,
): k8s.core.v1.Secret {
  const { result: password } = new random.RandomPassword(name, RANDOM, { parent });
  const labels = recommendedLabels(name, component);
  const metadata = { name, namespace, ...houseMetadata(global, { labels }) };
  return new k8s.core.v1.Secret(
    name,
    username === undefined
      ? { metadata, stringData: { password } }
      : { metadata, type: "kubernetes.io/basic-auth", stringData: { username, password } },
    { parent },
  );
}
