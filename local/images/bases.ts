import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "#local/cluster/system";
import { cacheFolder, hashOf } from "#local/images/cache";
import type { Base } from "#local/images/catalogue";
import { projectRoot } from "#local/setup/environment";

const SUITE = "bookworm";
const folder = join(projectRoot, "images/bases");
const nodeBinary = join(projectRoot, "node_modules/node/bin/node");

/** What a base is made of, as a hash. Debian's updates count from when the cache is emptied. */
export function baseHash(base: Base): string {
  const { version } = JSON.parse(
    readFileSync(join(projectRoot, "node_modules/node/package.json"), "utf8"),
  );
  const node = base.name === "node" ? [version] : [];
  const texts = [SUITE, process.arch, ...base.packages, ...node];
  return hashOf(texts, ["images/bases", "local/images/bases.ts"]);
}

/** Unpacks a base's Debian packages into an archive of its root file system; returns its path. */
export async function rootArchive(base: Base): Promise<string> {
  const home = join(cacheFolder, `${base.name}-${baseHash(base)}`);
  const archive = join(home, "rootfs.tar");
  if (existsSync(archive)) return archive;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const root = join(home, "root");
  await run("mmdebstrap", [
    "--quiet",
    "--mode=root",
    // No package's scripts run and nothing but the files is there: no shell unless it is named.
    "--variant=extract",
    `--include=${base.packages.join(",")}`,
    SUITE,
    root,
    ...debianSources(),
  ]);
  await run("sh", [join(folder, "trim.sh"), root]);
  for (const file of ["passwd", "group"]) copyFileSync(join(folder, file), join(root, "etc", file));
  if (base.name === "node") {
    mkdirSync(join(root, "nodejs/bin"), { recursive: true });
    copyFileSync(nodeBinary, join(root, "nodejs/bin/node"));
  }
  // One order and one time for all files, so that one content has one digest.
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  await run("tar", ["--create", ...same, "--file", `${archive}.new`, "--directory", root, "."]);
  rmSync(root, { recursive: true });
  renameSync(`${archive}.new`, archive);
  return archive;
}

/** The machine's own Debian mirror, where it has one for this release; else mmdebstrap's default. */
function debianSources(): string[] {
  const files = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
  const named = files.filter(
    (file) => existsSync(file) && readFileSync(file, "utf8").includes(SUITE),
  );
  return named.slice(0, 1);
}
