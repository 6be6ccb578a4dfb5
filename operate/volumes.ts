import { UserError } from "#local/engine/errors";
import type { Cluster, KubeObject } from "#operate/cluster";

/** The name of the volume behind a claim; undefined if there is no such claim, or none is bound. */
export async function volumeOf(cluster: Cluster, claim: string): Promise<string | undefined> {
  const found = await cluster.get("pvc", claim);
  return found?.metadata.deletionTimestamp ? undefined : found?.spec.volumeName;
}

/** From now on the volume stays, whatever becomes of its claim. */
export async function keep(cluster: Cluster, volume: string): Promise<void> {
  const patch = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: "Retain" } });
  await cluster.kubectl(["patch", "pv", volume, "--type=merge", "-p", patch]);
}

/** The node that alone has the volume; undefined where any can attach it. */
export async function nodeOf(cluster: Cluster, volume: string): Promise<string | undefined> {
  const found = await cluster.get("pv", volume);
  const terms = found?.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const expressions: { key: string; values?: string[] }[] = terms.flatMap(
    (term: { matchExpressions?: object[] }) => term.matchExpressions ?? [],
  );
  return expressions.find(({ key }) => key === "kubernetes.io/hostname")?.values?.[0];
}

/**
 * Takes a volume that is kept from one claim and gives it to another, which must not be there or have
 * it already. No pod may use either. May be done again after an interruption.
 */
export async function handOver(
  cluster: Cluster,
  volume: string,
  from: string,
  to: { name: string; labels?: Record<string, string> },
): Promise<void> {
  if ((await volumeOf(cluster, from)) === volume) {
    await cluster.kubectl(["delete", "pvc", from, "--timeout=300s"]);
  }
  const found = await cluster.get("pv", volume);
  if (!found) throw new UserError(`the volume ${volume} is gone; nothing can be handed over.`);
  if (found.spec.claimRef && found.spec.claimRef.name !== to.name) {
    const patch = JSON.stringify([{ op: "remove", path: "/spec/claimRef" }]);
    await cluster.kubectl(["patch", "pv", volume, "--type=json", "-p", patch]);
  }
  await cluster.apply(claimOf(cluster, found, to));
  await cluster.until(`the claim ${to.name} has the volume ${volume}`, 120, async () => {
    return (await cluster.get("pvc", to.name))?.status?.phase === "Bound";
  });
}

/** A claim to that volume and no other. */
function claimOf(
  cluster: Cluster,
  { metadata, spec }: KubeObject,
  { name, labels = {} }: { name: string; labels?: Record<string, string> },
): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: cluster.namespace, labels },
    spec: {
      accessModes: spec.accessModes,
      // Empty means none: a class that was left out would be the default one.
      storageClassName: spec.storageClassName ?? "",
      volumeMode: spec.volumeMode,
      volumeName: metadata.name,
      resources: { requests: { storage: spec.capacity.storage } },
    },
  };
}
