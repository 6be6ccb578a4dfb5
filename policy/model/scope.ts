import { schemas, typeOf } from "#model/schema";
import type { Subject } from "#model/subject";

let namespacedKinds: ReadonlySet<string> | undefined;

/** Whether this is a built-in kind whose objects live in a namespace, in whatever version. */
export function isNamespaced({ apiVersion, kind, groupKind }: Subject): boolean {
  if (typeOf(apiVersion, kind)) return `${apiVersion}/${kind}` in schemas().namespaced;
  namespacedKinds ??= new Set(Object.keys(schemas().namespaced).map(withoutVersion));
  return namespacedKinds.has(groupKind) || /^extensions\/(?!PodSecurityPolicy)/.test(groupKind);
}

/** `apps/v1/Deployment` → `apps/Deployment`, `v1/Service` → `Service`. */
export function withoutVersion(key: string): string {
  const parts = key.split("/");
  parts.splice(-2, 1);
  return parts.join("/");
}
