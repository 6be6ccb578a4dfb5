import type { Databases } from "#test/data/support";
import { getObjects } from "#test/support/kubectl";

const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
const shared = { storageClassName: "", accessModes: ["ReadWriteOnce"] };

interface Secret {
  data: Record<string, string>;
}

/**
 * Lets another namespace read a repository: by a second volume on the same storage, which its claim
 * "lent" has, and a copy of the passphrase, the Secret "lent" in both. Gives what takes it back.
 */
export async function lend(from: Databases, to: Databases): Promise<() => Promise<void>> {
  const [{ spec }] = (await getObjects("-n", from.namespace, "pvc", "postgres-backup")) as [
    { spec: { volumeName: string } },
  ];
  const [{ spec: volume }] = (await getObjects("pv", spec.volumeName)) as [
    { spec: Record<string, unknown> },
  ];
  const [{ data }] = (await getObjects<Secret>("-n", from.namespace, "secret", "passphrase")) as [
    Secret,
  ];
  const name = `${to.namespace}-lent`;
  const size = volume.capacity;
  const passphrase = (namespace: string) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "lent", namespace },
    data,
  });
  await from.apply(
    passphrase(from.namespace),
    passphrase(to.namespace),
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name },
      spec: {
        ...shared,
        capacity: size,
        local: volume.local,
        nodeAffinity: volume.nodeAffinity,
        claimRef: { namespace: to.namespace, name: "lent" },
        persistentVolumeReclaimPolicy: "Retain",
      },
    },
    {
      ...claim,
      metadata: { name: "lent", namespace: to.namespace },
      spec: { ...shared, volumeName: name, resources: { requests: size } },
    },
  );
  return async () => {
    await to.kubectl("delete", "pv", name, "--wait=false");
  };
}
