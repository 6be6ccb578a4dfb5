import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "#local/cluster/system";
import { cacheFolder, hashOf } from "#local/images/cache";
import { projectRoot } from "#local/setup/environment";

/**
 * Compiles the program that the image's go.mod names as its tool, and returns a folder with it and
 * its license. Go checks all that it downloads against go.sum, and keeps what it has compiled.
 */
export async function goProgram(name: string): Promise<string> {
  const module = join("images", name);
  const files = ["go.mod", "go.sum"].map((file) => join(module, file));
  const folder = join(cacheFolder, `go-${name}-${hashOf([process.arch], files)}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const options = {
    cwd: join(projectRoot, module),
    // Static, for an image that holds nothing else; and no other Go than this one is downloaded.
    env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" },
  };
  const smaller = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
  await run("go", ["build", ...smaller, "-o", `${unfinished}/`, "tool"], options);
  const source = await run("go", ["list", "-f", "{{.Module.Dir}}", "tool"], options);
  copyFileSync(join(source.trim(), "LICENSE"), join(unfinished, "LICENSE"));
  renameSync(unfinished, folder);
  return folder;
}
