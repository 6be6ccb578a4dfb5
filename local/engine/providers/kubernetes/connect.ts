import { type Client, createClient } from "#local/engine/providers/kubernetes/client";
import { createKinds } from "#local/engine/providers/kubernetes/discovery";
import { at, text } from "#local/engine/providers/kubernetes/json";
import { type Choice, loadAccess } from "#local/engine/providers/kubernetes/kubeconfig";
import type { Session } from "#local/engine/providers/kubernetes/session";
import { containsUnknown, type Props } from "#local/engine/value";

/** A session for a provider resource's inputs. Nothing is read or opened until it is needed. */
export function connect(inputs: Props): Session & { close(): void } {
  const enabled = (key: string) => [true, "true"].includes(at(inputs, key) as boolean | string);
  const named = (key: string) => text(inputs, key) || undefined;
  let opened: Client | undefined;
  let access: ReturnType<typeof loadAccess> | undefined;
  let probe: Promise<{ client: Client; version: string } | { why: Error }> | undefined;

  const load = () => {
    if (containsUnknown(inputs)) throw new Error("the cluster is not known before the update");
    const choice: Choice = {};
    for (const key of ["kubeconfig", "context", "cluster"] as const) {
      const value = named(key);
      if (value !== undefined) choice[key] = value;
    }
    access ??= loadAccess(choice, process.env);
    return access;
  };

  const reach = async () => {
    try {
      opened = createClient(await load());
      const answer = await opened.request("GET", "/version", { patience: 4_000 });
      return { client: opened, version: text(answer, "gitVersion") };
    } catch (error) {
      return { why: error as Error };
    }
  };

  const found = () => {
    probe ??= reach();
    return probe;
  };
  const online = async () => {
    const answer = await found();
    return "client" in answer ? answer.client : undefined;
  };

  return {
    online,
    async client() {
      const answer = await found();
      if ("client" in answer) return answer.client;
      throw new Error(`configured Kubernetes cluster is unreachable: ${answer.why.message}`);
    },
    async version() {
      const answer = await found();
      return "client" in answer ? answer.version : "";
    },
    kinds: createKinds(online),
    async namespace() {
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
    force: enabled("enablePatchForce"),
    upsert: enabled("upsertExistingObjects"),
    close: () => opened?.close(),
  };
}
