import { list } from "#model/kubernetes";
import { type ObjectRule, show, violationIf } from "#model/rule";
import { kubernetesVersion, schemas, typeOf } from "#model/schema";
import type { Subject } from "#model/subject";

export const servedApiVersions: ObjectRule = {
  id: "M5",
  name: "served-api-versions",
  title: "Every built-in object is written in a version that the cluster serves.",
  level: "mandatory",
  severity: "medium",
  why: "The API server refuses a version that was removed, and by default every alpha and beta one.",
  fix: "Write the object in the generally available version of its API.",
  settings: {
    allow: {
      type: "array",
      items: { type: "string", pattern: "^[\\w.-]+/v\\w+$" },
      default: [],
      description: "Alpha and beta versions that the cluster is told to serve, as group/version.",
    },
  },
  check(subject, { settings }) {
    const { apiVersion, kind } = subject;
    if (!isBuiltIn(subject) || list(settings.allow as string[]).includes(apiVersion)) return [];
    const known = typeOf(apiVersion, kind) !== undefined;
    const problem = known ? "is not served unless it is turned on" : "does not exist any more";
    return violationIf(
      !known || /v\d+(alpha|beta)\d+$/.test(apiVersion),
      "apiVersion",
      `is ${show(apiVersion)}, in which ${kind} ${problem} in Kubernetes ${kubernetesVersion}; ${fixFor(kind)}`,
    );
  },
};

/** Groups that Kubernetes once had, with the kinds that went away or moved. */
const formerGroups = ["extensions", "settings.k8s.io", "auditregistration.k8s.io"];

let groups: ReadonlySet<string> | undefined;

/** Whether the object is of an API that Kubernetes itself has or had. Lists come as their items. */
function isBuiltIn({ apiVersion, kind }: Subject): boolean {
  if (kind.endsWith("List") || !/(^|\/)v\d+((alpha|beta)\d+)?$/.test(apiVersion)) return false;
  const { namespaced, clusterScoped } = schemas();
  groups ??= new Set(
    [...Object.keys(namespaced), ...Object.keys(clusterScoped)].map(groupOf).concat(formerGroups),
  );
  return groups.has(groupOf(`${apiVersion}/${kind}`));
}

/** `apps/v1/Deployment` → `apps`; the core group is the empty one. */
function groupOf(key: string): string {
  return key.split("/").slice(0, -2).join("/");
}

function fixFor(kind: string): string {
  const { namespaced, clusterScoped } = schemas();
  const current = [...Object.keys(namespaced), ...Object.keys(clusterScoped)].find((key) =>
    new RegExp(`(^|/)v\\d+/${kind}$`).test(key),
  );
  return current ? `write ${current.slice(0, -kind.length - 1)}` : "use what replaced it";
}
