import { type Client, UnreachableError } from "#local/engine/providers/kubernetes/client";
import { list, text } from "#local/engine/providers/kubernetes/json";
import type { Props, Value } from "#local/engine/value";

/** Where the objects of one kind live. */
export interface Kind {
  plural: string;
  namespaced: boolean;
}

/** Kinds that need no question to the server: `!` marks the ones without a namespace. */
const BUILT_IN: Record<string, string> = {
  "": "Binding ConfigMap Endpoints Event LimitRange !Namespace !Node !PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
  apps: "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
  batch: "CronJob Job",
  autoscaling: "HorizontalPodAutoscaler",
  policy: "PodDisruptionBudget",
  "networking.k8s.io": "Ingress !IngressClass NetworkPolicy",
  "rbac.authorization.k8s.io": "!ClusterRole !ClusterRoleBinding Role RoleBinding",
  "storage.k8s.io": "!CSIDriver !CSINode CSIStorageCapacity !StorageClass !VolumeAttachment",
  "scheduling.k8s.io": "!PriorityClass",
  "coordination.k8s.io": "Lease",
  "discovery.k8s.io": "EndpointSlice",
  "node.k8s.io": "!RuntimeClass",
  "apiextensions.k8s.io": "!CustomResourceDefinition",
  "apiregistration.k8s.io": "!APIService",
  "certificates.k8s.io": "!CertificateSigningRequest",
  "flowcontrol.apiserver.k8s.io": "!FlowSchema !PriorityLevelConfiguration",
  "admissionregistration.k8s.io":
    "!MutatingWebhookConfiguration !ValidatingWebhookConfiguration !ValidatingAdmissionPolicy !ValidatingAdmissionPolicyBinding !MutatingAdmissionPolicy !MutatingAdmissionPolicyBinding",
};

/** The API group of an apiVersion: "" for `v1`, `apps` for `apps/v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";

function plural(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower === "endpoints") return lower;
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

const builtIn = new Map<string, Kind>(
  Object.entries(BUILT_IN).flatMap(([group, kinds]) =>
    kinds.split(" ").map((entry) => {
      const kind = entry.replace("!", "");
      return [`${group}/${kind}`, { plural: plural(kind), namespaced: kind === entry }] as const;
    }),
  ),
);

/** Whether Kubernetes itself defines this kind: the ones that `normalize` knows the types of. */
export const isBuiltIn = (apiVersion: string, kind: string): boolean =>
  builtIn.has(`${groupOf(apiVersion)}/${kind}`);

/** Finds kinds; `client` resolves to undefined where no cluster can be asked. */
export function createKinds(client: () => Promise<Client | undefined>) {
  const learnt = new Map<string, Kind>();
  let served: Promise<string[]> | undefined;
  const asked = new Map<string, Promise<Kind | undefined>>();

  async function ask(apiVersion: string, kind: string): Promise<Kind | undefined> {
    const api = await client();
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const found = await api?.request("GET", path).catch((error: Error) => {
      if (error instanceof UnreachableError) return undefined;
      return { resources: [] };
    });
    const match = list(found, "resources").find(
      (item) => text(item, "kind") === kind && !text(item, "name").includes("/"),
    );
    if (!match) return undefined;
    return {
      plural: text(match, "name"),
      namespaced: (match as Props).namespaced === true,
    };
  }

  async function askServed(): Promise<string[]> {
    const api = await client();
    if (!api) return [];
    const accept =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    const groups = list(await api.request("GET", "/apis", { accept }), "items");
    const foreign = groups.filter((group) => !(text(group, "metadata", "name") in BUILT_IN));
    return foreign.flatMap((group: Value) =>
      list(group, "versions").flatMap((version) => {
        const name = `${text(group, "metadata", "name")}/${text(version, "version")}`;
        const kinds = list(version, "resources").map((item) => text(item, "responseKind", "kind"));
        return [name, ...kinds.filter(Boolean).map((kind) => `${name}/${kind}`)];
      }),
    );
  }

  return {
    /** The kind, or undefined if neither the table, this run's CRDs nor the server know it. */
    async find(apiVersion: string, kind: string): Promise<Kind | undefined> {
      const key = `${groupOf(apiVersion)}/${kind}`;
      const known = builtIn.get(key) ?? learnt.get(key);
      if (known) return known;
      const full = `${apiVersion}/${kind}`;
      const answer = asked.get(full) ?? ask(apiVersion, kind);
      asked.set(full, answer);
      const found = await answer;
      // A CRD may still be on its way: ask again next time.
      if (!found) asked.delete(full);
      return found;
    },
    /** Remembers what a CustomResourceDefinition of this run will define. */
    learn(definition: Props): void {
      const kind = text(definition, "spec", "names", "kind");
      if (!kind) return;
      learnt.set(`${text(definition, "spec", "group")}/${kind}`, {
        plural: text(definition, "spec", "names", "plural") || plural(kind),
        namespaced: text(definition, "spec", "scope") !== "Cluster",
      });
    },
    /** Group versions and kinds that the server serves beside the built-in ones, for charts. */
    extra(): Promise<string[]> {
      served ??= askServed().catch(() => []);
      return served;
    },
  };
}

/** The path of one object, or of its kind's collection when `name` is empty. */
export function pathOf(kind: Kind, apiVersion: string, namespace: string, name: string): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${kind.plural}${name ? `/${encodeURIComponent(name)}` : ""}`;
}
