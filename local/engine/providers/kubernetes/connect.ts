import { type Client, createClient } from "#local/engine/providers/kubernetes/client";
import { createKinds } from "#local/engine/providers/kubernetes/discovery";
import { at, text } from "#local/engine/providers/kubernetes/json";
import { loadAccess } from "#local/engine/providers/kubernetes/kubeconfig";
import { containsUnknown, type Props } from "#local/engine/value";

/** A session for a provider resource's inputs. Nothing is read or opened until it is needed. */
export function connect(inputs: Props) {
  const enabled = (key: string) => [true, "true"].includes(at(inputs, key) as boolean | string);
  const named = (key: string) => text(inputs, key) || undefined;
  let opened: Client | undefined;
  let access: ReturnType<typeof loadAccess> | undefined;
  let probe: ReturnType<typeof reach> | undefined;

  const load = () => {
    if (containsUnknown(inputs)) throw new Error("the cluster is not known before the update");
    access ??= loadAccess(
      { kubeconfig: named("kubeconfig"), context: named("context") },
      process.env,
    );
    return access;
  };

  const reach = async () => {
    try {
      opened = createClient(await load());
      const answer = await opened.request("GET", "/version", { patience: 4_000 });
      return { client: opened, version: text(answer, "gitVersion") };
    } catch (error) {
      return { client: undefined, version: "", why: error as Error };
    }
  };
  const found = () => {
    probe ??= reach();
    return probe;
  };
  /** The cluster's client, or undefined where there is no cluster to ask: previews go without. */
  const online = async () => (await found()).client;

  return {
    online,
    /** The cluster's client; throws a sentence where it can't be reached. */
    async client(): Promise<Client> {
      const { client, why } = await found();
      if (client) return client;
      throw new Error(`configured Kubernetes cluster is unreachable: ${why?.message}`);
    },
    /** The cluster's version, such as `v1.36.3`; "" where there is no cluster to ask. */
    version: async () => (await found()).version,
    kinds: createKinds(online),
    async namespace(): Promise<string> {
      const told = named("namespace");
      if (told) return told;
      // Without a kubeconfig a preview still has to name some namespace.
      const context = await Promise.resolve()
        .then(load)
        .catch(() => undefined);
      return context?.namespace || "default";
    },
    mutability: {
      configMaps: enabled("enableConfigMapMutable"),
      secrets: enabled("enableSecretMutable"),
    },
    /** Take over fields that others own. */
    force: enabled("enablePatchForce"),
    /** A create may find the object there. */
    upsert: enabled("upsertExistingObjects"),
    close: () => opened?.close(),
  };
}
