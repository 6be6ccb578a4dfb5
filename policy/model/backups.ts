import type { Graph } from "#model/graph";
import { type LabelSelector, list, type ObjectMeta } from "#model/kubernetes";
import type { Pod } from "#model/pod";
import { matches } from "#model/selector";

/** What says on an object what backs its volumes up, or why nothing has to. */
export const backupAnnotation = "policy.mcp-mesh.dev/backup";

export function isAnnotated(metadata: ObjectMeta | undefined | null): boolean {
  return Boolean(metadata?.annotations?.[backupAnnotation]?.trim());
}

/** Environment variables by which tools that back up from inside the pod find their repository. */
const repository = /^(PGBACKREST_|WALG_|RESTIC_REPOSITORY$|BARMAN_)/;

/** Whether a container of the pod writes backups of what the pod has mounted. */
export function backsItselfUp({ spec }: Pod): boolean {
  return list(spec.containers).some((container) =>
    list(container?.env).some((variable) => repository.test(variable?.name ?? "")),
  );
}

interface BackupTemplate {
  includedNamespaces?: string[];
  excludedNamespaces?: string[];
  includedResources?: string[];
  excludedResources?: string[];
  labelSelector?: LabelSelector;
  snapshotVolumes?: boolean;
  defaultVolumesToFsBackup?: boolean;
}

/** Whether a Velero schedule of the stack takes claims with these labels in the namespace. */
export function isScheduled(
  graph: Graph,
  namespace: string,
  labels: Record<string, string>,
): boolean {
  return graph.of("velero.io/Schedule").some(({ body }) => {
    const { paused, template } = (body.spec ?? {}) as {
      paused?: boolean;
      template?: BackupTemplate;
    };
    if (paused || !template) return false;
    const { labelSelector, snapshotVolumes, defaultVolumesToFsBackup } = template;
    return (
      covers(template.includedNamespaces, template.excludedNamespaces, [namespace]) &&
      covers(template.includedResources, template.excludedResources, claims) &&
      (!labelSelector || matches(labelSelector, labels)) &&
      (snapshotVolumes !== false || defaultVolumesToFsBackup === true)
    );
  });
}

const claims = ["persistentvolumeclaims", "pvc", "persistentvolumeclaim"];

/** Whether lists of names to include and exclude, as Velero reads them, take one of the names. */
function covers(
  included: string[] | undefined,
  excluded: string[] | undefined,
  names: string[],
): boolean {
  const has = (listed: string[]) =>
    listed.includes("*") || listed.some((each) => names.includes(each));
  return (list(included).length === 0 || has(list(included))) && !has(list(excluded));
}
