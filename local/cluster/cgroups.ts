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
function trees(): string[] {
  return readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, path = ""]) => path);
}

/** Makes the group that kubelet puts a node's pods in; kubelet refuses to make it by itself. */
export function makeCgroup(name: string): void {
  for (const tree of trees()) {
    const group = join(tree, name);
    mkdirSync(group, { recursive: true });
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      // A new group of the v1 cpuset controller may use nothing.
      if (!existsSync(join(tree, file)) || readFileSync(join(group, file), "utf8").trim()) continue;
      writeFileSync(join(group, file), readFileSync(join(tree, file)));
    }
    if (!existsSync(join(tree, "cgroup.subtree_control"))) continue;
    const controllers = readFileSync(join(tree, "cgroup.controllers"), "utf8").trim();
    if (!controllers) continue;
    const enable = controllers.split(" ").map((controller) => `+${controller}`);
    for (const level of [tree, group]) {
      writeFileSync(join(level, "cgroup.subtree_control"), enable.join(" "));
    }
  }
}

/** Removes a group with everything below it; its processes have been killed before. */
export async function removeCgroup(name: string): Promise<void> {
  for (const tree of trees()) {
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

/** The names of groups that start so, in any tree. */
export function cgroupsNamed(prefix: string): string[] {
  return trees().flatMap((tree) =>
    readdirSync(tree)
      .filter((name) => name.startsWith(`${prefix}-`))
      .map((name) => join(tree, name)),
  );
}
