import { backedUp } from "#test/data/drill";
import { Databases } from "#test/data/support";

const amounts = (cpu: string, memory: string) => {
  const same = { cpu, memory, "ephemeral-storage": "256Mi" };
  return { requests: { ...same, cpu: "100m" }, limits: same };
};

/** Large enough to have all of a small machine. */
export const large = {
  storage: { size: "4Gi" },
  maxConnections: 20,
  resources: amounts("4", "1Gi"),
  settings: { max_wal_size: "2GB", checkpoint_timeout: "30min" },
};
export const backup = {
  size: "4Gi",
  encryptionSecret: "passphrase",
  resources: amounts("4", "256Mi"),
};

/** Has a release with backups, "postgres", and a database for pgbench of that scale in it. */
export async function withReleases(
  work: (databases: Databases) => Promise<void>,
  scale: number,
): Promise<void> {
  const databases = await Databases.open();
  if (!databases) throw new Error("KUBECONFIG names no cluster");
  try {
    await databases.install("postgres", { ...large, backup });
    await backedUp(databases);
    await pgbench(databases, "postgres", "-i", "-q", "-s", `${scale}`);
    await work(databases);
  } finally {
    await databases.remove();
  }
}

/** What pgbench prints, beside the server and over its socket. */
export const pgbench = (databases: Databases, release: string, ...args: string[]) =>
  databases.kubectl(
    ...["exec", `${release}-0`, "-c", "postgres", "--"],
    ...["pgbench", "-U", "postgres", ...args, "registry"],
  );
