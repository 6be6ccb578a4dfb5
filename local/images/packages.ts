import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "#local/cluster/system";
import { cacheFolder, hashOf } from "#local/images/cache";
import { projectRoot } from "#local/setup/environment";

/** Installs what an image's lock file names, and returns the path of its `node_modules`. */
export async function installedPackages(name: string): Promise<string> {
  const files = ["package.json", "package-lock.json"].map((file) => join("images", name, file));
  const folder = join(cacheFolder, `npm-${name}-${hashOf([process.arch], files)}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const file of files) cpSync(join(projectRoot, file), join(unfinished, basename(file)));
    const args = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", args, { cwd: unfinished });
    renameSync(unfinished, folder);
  }
  return join(folder, "node_modules");
}
