/** How the API server names what the rules look at: the plural, and what is beside it. */
export interface Resource {
  plural: string;
  cluster?: true;
  /** A second way to change the object. */
  subresource?: string;
}

/** By group and kind. Rules that look at everything are asked about these. */
const resources: Record<string, Resource> = {
  Pod: { plural: "pods", subresource: "ephemeralcontainers" },
  PodTemplate: { plural: "podtemplates" },
  ReplicationController: { plural: "replicationcontrollers" },
  "apps/Deployment": { plural: "deployments" },
  "apps/StatefulSet": { plural: "statefulsets" },
  "apps/DaemonSet": { plural: "daemonsets" },
  "apps/ReplicaSet": { plural: "replicasets" },
  "batch/Job": { plural: "jobs" },
  "batch/CronJob": { plural: "cronjobs" },
  "autoscaling/HorizontalPodAutoscaler": { plural: "horizontalpodautoscalers" },
  "policy/PodDisruptionBudget": { plural: "poddisruptionbudgets" },
  Service: { plural: "services" },
  "networking.k8s.io/Ingress": { plural: "ingresses" },
  "networking.k8s.io/NetworkPolicy": { plural: "networkpolicies" },
  ConfigMap: { plural: "configmaps" },
  Secret: { plural: "secrets" },
  ServiceAccount: { plural: "serviceaccounts" },
  PersistentVolumeClaim: { plural: "persistentvolumeclaims" },
  ResourceQuota: { plural: "resourcequotas" },
  LimitRange: { plural: "limitranges" },
  Namespace: { plural: "namespaces", cluster: true },
  PersistentVolume: { plural: "persistentvolumes", cluster: true },
  "rbac.authorization.k8s.io/Role": { plural: "roles" },
  "rbac.authorization.k8s.io/RoleBinding": { plural: "rolebindings" },
  "rbac.authorization.k8s.io/ClusterRole": { plural: "clusterroles", cluster: true },
  "rbac.authorization.k8s.io/ClusterRoleBinding": { plural: "clusterrolebindings", cluster: true },
  "security.istio.io/PeerAuthentication": { plural: "peerauthentications" },
  "security.istio.io/AuthorizationPolicy": { plural: "authorizationpolicies" },
  "networking.istio.io/DestinationRule": { plural: "destinationrules" },
  "postgresql.cnpg.io/Cluster": { plural: "clusters" },
};

/** How URLs name a kind; undefined for kinds that no rule is about. */
export function resourceOf(groupKind: string): Readonly<Resource> | undefined {
  return resources[groupKind];
}

/** Group and kind of all of them. */
export const everyKind: readonly string[] = Object.keys(resources);

/** Those that have no namespace. */
export const clusterWide: readonly string[] = everyKind.filter(
  (groupKind) => resources[groupKind]?.cluster,
);

/**
 * The `resourceRules` that match these groups and kinds, in every version; groups that no API
 * server of today serves are left out.
 */
export function resourceRules(groupKinds: readonly string[] = everyKind): object[] {
  const groups = new Map<string, string[]>();
  for (const groupKind of groupKinds) {
    const resource = resources[groupKind];
    if (!resource) continue;
    const group = groupKind.includes("/") ? groupKind.slice(0, groupKind.indexOf("/")) : "";
    const { plural, subresource } = resource;
    const names = subresource ? [plural, `${plural}/${subresource}`] : [plural];
    groups.set(group, [...(groups.get(group) ?? []), ...names]);
  }
  return [...groups].map(([group, names]) => ({
    apiGroups: [group],
    apiVersions: ["*"],
    operations: ["CREATE", "UPDATE"],
    resources: names,
  }));
}
