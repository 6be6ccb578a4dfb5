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
  tag: string;
  dockerfile: string;
  context?: string;
  args?: Record<string, string>;
  /** `HOST:CONTAINER`, for the build stage alone. */
  volume?: string;
}

/** Builds an image without network, so that it depends on its inputs alone; layers have no dates. */
export async function build(options: BuildOptions): Promise<void> {
  const { tag, dockerfile, context = projectRoot, args = {}, volume } = options;
  await buildah(
    "bud",
    // crun, which buildah prefers, cannot work with a hybrid of cgroup versions.
    ...["--runtime", "/usr/sbin/runc", "--isolation", "oci", "--network", "none"],
    ...["--pull-never", "--layers=false", "--timestamp", "0", "--quiet"],
    ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
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

/** Writes an image, compressed as a registry keeps it, into an OCI layout. */
export async function exportTo(layout: string, tag: string, name: string): Promise<void> {
  await buildah("push", "--quiet", tag, `oci:${layout}:${name}`);
}

/** Removes all images but these; what the others were is in the layout. */
export async function keepOnly(tags: string[]): Promise<void> {
  const listed = await buildah("images", "--format", "{{.ID}} {{.Name}}:{{.Tag}}");
  for (const line of listed.trim().split("\n")) {
    const [id = "", tag = ""] = line.split(" ");
    if (!tags.includes(tag)) await buildah("rmi", "--force", id);
  }
}

/** Removes what builds that were interrupted have left. */
export async function removeRemains(): Promise<void> {
  await buildah("rm", "--all");
}

async function buildah(...args: string[]): Promise<string> {
  mkdirSync(cacheFolder, { recursive: true });
  return run("buildah", [...storage, ...args]);
}
