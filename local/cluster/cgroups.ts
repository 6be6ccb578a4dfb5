import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { until } from "#local/cluster/system";

/** Mount points of every cgroup tree of this host: one with cgroup v2, one for each controller with v1. */
export function cgroupTrees(): string[] {
  return readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, path = ""]) => path);
}

/** Makes the group that kubelet puts a node's pods in; kubelet refuses to make it by itself. */
export function makeCgroup(name: string): void {
  for (const tree of cgroupTrees()) {
    const group = join(tree, name);
    const v2 = existsSync(join(tree, "cgroup.controllers"));
    if (v2 && tree !== "/sys/fs/cgroup") continue; // beside v1, this tree controls nothing of ours
    mkdirSync(group, { recursive: true });
    if (v2) {
      const controllers = readFileSync(join(tree, "cgroup.controllers"), "utf8").trim().split(" ");
      const enable = controllers.map((controller) => `+${controller}`).join(" ");
      for (const level of [tree, group])
        writeFileSync(join(level, "cgroup.subtree_control"), enable);
    } else if (existsSync(join(tree, "cpuset.cpus"))) {
      // A new group of the v1 cpuset controller may use nothing.
      for (const file of ["cpuset.cpus", "cpuset.mems"]) {
        writeFileSync(join(group, file), readFileSync(join(tree, file)));
      }
    }
  }
}

/** Removes a group with everything below it; its processes have been killed before. */
export async function removeCgroup(name: string): Promise<void> {
  for (const tree of cgroupTrees()) {
    const group = join(tree, name);
    await until(`the removal of cgroup ${group}`, 10, () => removeTree(group));
  }
}

function removeTree(group: string): boolean {
  if (!existsSync(group)) return true;
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  }
  rmdirSync(group); // busy while the kernel still ends the last process
  return true;
}
