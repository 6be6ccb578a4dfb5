import { schemas } from "#model/schema";
import type { Subject } from "#model/subject";

let scopes: { namespaced: ReadonlySet<string>; clusterScoped: ReadonlySet<string> } | undefined;

/** A group of former days, whose kinds are in other groups now but for one. */
const moved = /^extensions\/(?!PodSecurityPolicy)/;

/** Whether this is a built-in kind whose objects live in a namespace, in whatever version. */
export function isNamespaced({ groupKind }: Subject): boolean {
  return kinds().namespaced.has(groupKind) || moved.test(groupKind);
}

/** Whether Kubernetes itself has the kind, in whatever version. */
export function isBuiltIn({ groupKind }: Subject): boolean {
  const { namespaced, clusterScoped } = kinds();
  return namespaced.has(groupKind) || clusterScoped.has(groupKind) || moved.test(groupKind);
}

function kinds() {
  const withoutVersions = (keys: object) => new Set(Object.keys(keys).map(withoutVersion));
  scopes ??= {
    namespaced: withoutVersions(schemas().namespaced),
    clusterScoped: withoutVersions(schemas().clusterScoped),
  };
  return scopes;
}

/** `apps/v1/Deployment` → `apps/Deployment`, `v1/Service` → `Service`. */
function withoutVersion(key: string): string {
  const parts = key.split("/");
  parts.splice(-2, 1);
  return parts.join("/");
}
