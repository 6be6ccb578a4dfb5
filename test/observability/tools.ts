import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { rootArchive } from "#local/images/bases";
import { bases } from "#local/images/catalogue";

const PROGRAMS = ["promtool", "amtool", "prometheus", "prometheus-alertmanager"] as const;

/** Paths of the programs that the images hold, taken from where the images are made of. */
export async function monitoringTools(): Promise<Record<(typeof PROGRAMS)[number], string>> {
  const base = bases.find(({ name }) => name === "monitoring");
  if (!base) throw new Error("The catalogue of images has no base called monitoring.");
  const archive = await rootArchive(base);
  const folder = join(dirname(archive), "bin");
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    const paths = PROGRAMS.map((name) => `./usr/bin/${name}`);
    const into = ["--directory", unfinished, "--strip-components=3"];
    execFileSync("tar", ["--extract", "--file", archive, ...into, ...paths]);
    renameSync(unfinished, folder);
  }
  const found = PROGRAMS.map((name) => [name, join(folder, name)]);
  return Object.fromEntries(found);
}
