import { mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Databases } from "#test/data/support";
import { getObjects, testTarget } from "#test/support/kubectl";
import { run } from "#test/support/project";

/** A volume that really is as small as it says, which a directory on a node never is; it can grow. */
export class SmallDisk {
  private readonly path: string;
  private readonly node: string;
  private readonly name: string;

  private constructor(node: string, databases: Databases) {
    this.node = node;
    this.name = `${databases.namespace}-disk`;
    this.path = join(home(), this.name);
  }

  /** One of that many MiB, for the claim "disk". */
  static async make(databases: Databases, mebibytes: number): Promise<SmallDisk> {
    const [node] = await getObjects("nodes");
    const disk = new SmallDisk(node?.metadata.name ?? "", databases);
    mkdirSync(disk.path, { recursive: true });
    await disk.onNode("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "disk", disk.path);
    const { namespace } = databases;
    const common = { storageClassName: "", accessModes: ["ReadWriteOnce"] };
    const size = { storage: `${mebibytes}Mi` };
    const onIt = { key: "kubernetes.io/hostname", operator: "In", values: [disk.node] };
    await databases.apply(
      {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: disk.name },
        spec: {
          ...common,
          capacity: size,
          claimRef: { namespace, name: "disk" },
          local: { path: disk.path },
          nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [onIt] }] } },
          persistentVolumeReclaimPolicy: "Retain",
        },
      },
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "disk", namespace },
        spec: { ...common, volumeName: disk.name, resources: { requests: size } },
      },
    );
    return disk;
  }

  async grow(mebibytes: number): Promise<void> {
    await this.onNode("mount", "-o", `remount,size=${mebibytes}m`, this.path);
  }

  async remove(databases: Databases): Promise<void> {
    await databases.kubectl("delete", "pv", this.name, "--wait=false");
    // The pod may still be on its way out.
    await this.onNode("umount", "--lazy", this.path);
    rmdirSync(this.path);
  }

  /** What is mounted on the host does not show on the nodes: they see their own mounts alone. */
  private async onNode(...command: string[]): Promise<void> {
    const kubelet = readdirSync("/proc").find((id) => isKubelet(id, this.node));
    if (!kubelet) throw new Error(`no kubelet of ${this.node} on this machine`);
    const { code, text } = await run("nsenter", ["-t", kubelet, "-m", "-p", "--", ...command]);
    if (code !== 0) throw new Error(text);
  }
}

/** The folder of the cluster, which its nodes see, too. */
const home = () => dirname(testTarget()?.kubeconfig ?? "");

function isKubelet(id: string, node: string): boolean {
  try {
    const command = readFileSync(join("/proc", id, "cmdline"), "utf8").split("\0");
    return (
      command.includes(`--hostname-override=${node}`) &&
      command.some((word) => word.startsWith(`--kubeconfig=${home()}/`)) &&
      command.includes("kubelet")
    );
  } catch {
    return false; // It has just ended, or is none.
  }
}
