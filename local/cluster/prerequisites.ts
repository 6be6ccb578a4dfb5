import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Progress, run } from "#local/cluster/system";

/** Debian packages that the cluster runs on and that images are built with. */
const PACKAGES = [
  // the nodes
  "containerd",
  "runc",
  "containernetworking-plugins",
  "iproute2",
  "iptables",
  "ipset",
  "nftables",
  "kmod",
  // the image registry, and the image that tests and people look around with
  "docker-registry",
  "busybox-static",
  // building images
  "buildah",
  "mmdebstrap",
];

const WITHOUT =
  "Without it, `npm run pulumi -- preview -s dev` (Node alone) and `npm run up -- --context NAME` (a cluster that exists) still work.";

/** Throws one sentence naming what this machine lacks for a local cluster, or returns. */
export async function checkMachine(): Promise<void> {
  const lacks = (what: string) => new Error(`A local Kubernetes cluster needs ${what}. ${WITHOUT}`);
  if (process.platform !== "linux") throw lacks(`Linux, and this is ${process.platform}`);
  if (process.getuid?.() !== 0)
    throw lacks("root (namespaces, mounts, cgroups): use sudo or a root shell");
  const gibibytes = totalmem() / 2 ** 30;
  if (gibibytes < 6) throw lacks(`6 GiB of memory, and this machine has ${gibibytes.toFixed(1)}`);
  if (!existsSync("/usr/bin/apt-get"))
    throw lacks("apt-get (Debian or Ubuntu) for containerd and runc");
  const go = await run("go", ["env", "GOVERSION"], {
    env: { ...process.env, GOTOOLCHAIN: "local" },
  }).catch(() => "");
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(go) ?? [];
  if (major === undefined) throw lacks("Go 1.26 on the PATH, to build Kubernetes from source");
  if (Number(major) === 1 && Number(minor) < 26)
    throw lacks(`Go 1.26 or later, and this is ${go.trim()}`);
}

/** Installs those of the Debian packages (and of `more`) that are missing, and only those. */
export async function ensurePackages(progress: Progress, more: string[] = []): Promise<void> {
  const known = await run("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n"]);
  const installed = new Set(known.split("\n"));
  const missing = [...PACKAGES, ...more].filter((name) => !installed.has(`${name} installed`));
  if (missing.length === 0) return;
  progress(`installing ${missing.join(", ")}`);
  await withoutServices(async () => {
    await apt(progress, "update");
    await apt(progress, "install", "--yes", "--no-install-recommends", ...missing);
  });
}

const INOTIFY = "/proc/sys/fs/inotify/max_user_instances";

/**
 * Lets the kubelets and their pods watch files: Debian's 128 watchers for each user are too few for
 * two clusters, and a kubelet without one ends at its start.
 */
export function allowWatchers(): void {
  if (Number(readFileSync(INOTIFY, "utf8")) < 1024) writeFileSync(INOTIFY, "1024");
}

async function apt(progress: Progress, ...args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (let attempt = 1; ; attempt++) {
    try {
      await run("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=600", ...args], { env });
      return;
    } catch (error) {
      // The lock of the package lists knows no timeout, unlike dpkg's.
      if (!String(error).includes("Could not get lock") || attempt === 100) throw error;
      if (attempt === 1) progress("waiting for another apt-get to end");
      await sleep(3000);
    }
  }
}

/** Debian starts a service when it installs one, unless this file says no; ours run inside the nodes only. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return work();
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(policy, { force: true });
  }
}
