/** What of Kubernetes' objects a release check reads. */

export interface Template {
  metadata?: { labels?: Record<string, string> };
  spec?: unknown;
}

interface Metadata {
  name: string;
  uid: string;
  generation?: number;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  ownerReferences?: { uid: string }[];
  managedFields?: ManagedFields[];
}

interface ManagedFields {
  manager: string;
  operation: string;
  subresource?: string;
  fieldsV1?: Fields;
}

interface Fields {
  [key: string]: Fields;
}

export interface Deployment {
  metadata: Metadata;
  spec: { replicas?: number; template: Template };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
  };
}

export interface ReplicaSet {
  metadata: Metadata;
  spec: { template: Template };
}

const HASH = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";

/** What the Deployment controller calls a template by. */
export const hashOf = ({ metadata }: ReplicaSet) => metadata.labels?.[HASH] ?? "";

/** The ReplicaSets that a Deployment has had. */
export const ownedBy = ({ metadata }: Deployment, all: readonly ReplicaSet[]) =>
  all.filter((one) => one.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));

/** The one of them that has the Deployment's template. */
export const currentOf = ({ metadata }: Deployment, sets: readonly ReplicaSet[]) =>
  sets.find((set) => set.metadata.annotations?.[REVISION] === metadata.annotations?.[REVISION]);

/** Whether all pods have the template, and none is missing. */
export function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0 } = status;
  const wanted = spec.replicas ?? 1;
  return (
    observedGeneration >= (metadata.generation ?? 0) &&
    updatedReplicas === wanted &&
    replicas === wanted &&
    (status.availableReplicas ?? 0) === wanted
  );
}

/**
 * The Deployment as who deploys it applies it, with another template and with these annotations
 * besides, or without those that are undefined. As his own, so that his next change is no conflict, and takes them away again.
 * Undefined if nobody applied the template on the server.
 */
export function reapplied(
  live: Deployment,
  { metadata: about, spec }: Template,
  annotations: Record<string, string | undefined>,
): { manager: string; object: unknown } | undefined {
  const mine = live.metadata.managedFields?.find(
    ({ operation, subresource, fieldsV1 }) =>
      operation === "Apply" && !subresource && fieldsV1?.["f:spec"]?.["f:template"],
  );
  if (!mine?.fieldsV1) return undefined;
  const own = pick(live, mine.fieldsV1) as { metadata?: Metadata; spec?: object };
  const { [HASH]: _hash, ...labels } = about?.labels ?? {};
  const object = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      ...own.metadata,
      name: live.metadata.name,
      annotations: { ...own.metadata?.annotations, ...annotations },
    },
    spec: { ...own.spec, template: { metadata: { ...about, labels }, spec } },
  };
  return { manager: mine.manager, object };
}

/** The fields that a manager owns; a list counts as a whole. */
function pick(value: unknown, fields: Fields): unknown {
  const keys = Object.keys(fields).filter((key) => key.startsWith("f:"));
  if (keys.length === 0 || typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    keys.flatMap((key) => {
      const name = key.slice(2);
      return name in object ? [[name, pick(object[name], fields[key]!)]] : [];
    }),
  );
}
