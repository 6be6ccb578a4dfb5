import { formatPath } from "#local/engine/paths";
import { differences } from "#local/engine/plan";
import type { Diff, DiffKind } from "#local/engine/provider";
import { condition, flagged, props, text } from "#local/engine/providers/kubernetes/json";
import { AUTONAMED, isPatch, normalize } from "#local/engine/providers/kubernetes/normalize";
import { isProps, type Props } from "#local/engine/value";

export interface Mutability {
  configMaps: boolean;
  secrets: boolean;
}

/** Paths that the API server won't change in place; a `!` in front excepts. */
const IMMUTABLE: Record<string, string[]> = {
  Deployment: ["spec.selector"],
  DaemonSet: ["spec.selector"],
  StatefulSet: [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  Job: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  Pod: ["spec", "!spec.activeDeadlineSeconds", "!spec.tolerations", "!spec.schedulingGates"],
  PersistentVolumeClaim: [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeName",
  ],
  PersistentVolume: [
    "spec",
    "!spec.accessModes",
    "!spec.capacity",
    "!spec.claimRef",
    "!spec.mountOptions",
    "!spec.nodeAffinity",
    "!spec.persistentVolumeReclaimPolicy",
    "!spec.storageClassName",
    "!spec.volumeMode",
    "!spec.volumeAttributesClassName",
  ],
  Service: ["spec.clusterIP"],
  ResourceQuota: ["spec.scopes"],
  RoleBinding: ["roleRef"],
  ClusterRoleBinding: ["roleRef"],
  StorageClass: ["parameters", "provisioner"],
  Secret: ["type"],
};

function immutablePaths(type: string, news: Props, may: Mutability): string[] {
  const kind = text(news, "kind");
  const identity = ["metadata.name", "metadata.namespace"];
  if (isPatch(type)) return identity;
  const frozen = news.immutable === true;
  const data =
    (kind === "ConfigMap" && (frozen || !may.configMaps)) ||
    (kind === "Secret" && (frozen || !may.secrets))
      ? ["data", "binaryData", "stringData"]
      : [];
  return [...identity, ...(IMMUTABLE[kind] ?? []), ...data];
}

const under = (path: string, root: string): boolean =>
  path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`);

/**
 * Compares recorded with new inputs, both in normal form. Inputs are compared rather than recorded
 * live objects, so that a value which the server rewrites is no perpetual change.
 */
export function diffObjects(
  type: string,
  oldInputs: Props,
  oldOutputs: Props,
  newInputs: Props,
  may: Mutability,
): Diff {
  const olds = normalize(oldInputs);
  const news = normalize(newInputs);
  const found = new Map(
    differences(placed(olds), placed(news)).map(({ path, kind }) => [formatPath(path), kind]),
  );
  const fixed = immutablePaths(type, news, may);
  const exempt = fixed.filter((path) => path.startsWith("!")).map((path) => path.slice(1));
  const forces = (path: string) =>
    fixed.some((root) => under(path, root)) && !exempt.some((root) => under(path, root));

  const detailed: Diff["detailed"] = {};
  const replaceKeys: string[] = [];
  for (const [path, kind] of found) {
    const replace = forces(path);
    if (replace) replaceKeys.push(path);
    detailed[path] = { kind: replace ? (`${kind}-replace` as DiffKind) : kind, inputDiff: false };
  }
  if (unready(news, oldOutputs)) {
    replaceKeys.push("status");
    detailed.status = { kind: "update-replace", inputDiff: false };
  }
  const sameAddress =
    text(olds, "metadata", "name") === text(news, "metadata", "name") &&
    text(olds, "metadata", "namespace") === text(news, "metadata", "namespace");
  const autonamed = flagged(news, AUTONAMED);
  return {
    changes: Object.keys(detailed).length > 0,
    replaceKeys,
    deleteBeforeReplace: !autonamed && sameAddress,
    detailed,
  };
}

/** Compared, no namespace is the one named default. */
function placed(object: Props): Props {
  const { namespace, ...metadata } = props(object, "metadata");
  if (namespace === undefined || namespace === "default") return { ...object, metadata };
  return object;
}

/** A Job that asked to be run again when it did not complete. */
const unready = (news: Props, oldOutputs: Props): boolean =>
  text(news, "kind") === "Job" &&
  flagged(news, "pulumi.com/replaceUnready") &&
  !flagged(news, "pulumi.com/skipAwait") &&
  isProps(oldOutputs.status) &&
  text(condition(oldOutputs, "Complete"), "status") !== "True";
