import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "#local/cluster/system";
import { cacheFolder } from "#local/images/cache";
import { projectRoot } from "#local/setup/environment";

const storage = [
  ...["--root", join(cacheFolder, "storage")],
  ...["--runroot", join(cacheFolder, "run")],
];

export interface BuildOptions {
  /** A name in buildah's own storage, or `oci:FOLDER:NAME`. */
  tag: string;
  dockerfile: string;
  /** The stage to end with; the last one if it is left out. */
  target?: string;
  context?: string;
  args?: Record<string, string>;
  /** `HOST:CONTAINER`, for the build stage alone. */
  volume?: string;
}

/** Builds an image without network, so that it depends on its inputs alone; layers have no dates. */
export async function build(options: BuildOptions): Promise<void> {
  const { tag, dockerfile, target, context = projectRoot, args = {}, volume } = options;
  await buildah(
    "bud",
    // crun, which buildah prefers, cannot work with a hybrid of cgroup versions.
    ...["--runtime", "/usr/sbin/runc", "--isolation", "oci", "--network", "none"],
    ...["--pull-never", "--layers=false", "--timestamp", "0", "--quiet"],
    ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
    ...(target ? ["--target", target] : []),
    ...(volume ? ["--volume", `${volume}:ro`] : []),
    ...["--file", join(projectRoot, dockerfile), "--tag", tag, context],
  );
}

/** Whether buildah knows the image already. */
export async function exists(tag: string): Promise<boolean> {
  return buildah("inspect", "--type", "image", tag).then(
    () => true,
    () => false,
  );
}

/** Removes what builds that were interrupted have left. */
export async function removeRemains(): Promise<void> {
  await buildah("rm", "--all");
}

async function buildah(...args: string[]): Promise<void> {
  mkdirSync(cacheFolder, { recursive: true });
  await run("buildah", [...storage, ...args]);
}
