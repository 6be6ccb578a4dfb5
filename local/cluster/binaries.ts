import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { KUBERNETES_VERSION } from "#local/cluster/spec";
import { type Progress, run, withLock } from "#local/cluster/system";
import { cacheHome } from "#local/setup/environment";

const MODULE = join(dirname(fileURLToPath(import.meta.url)), "build");

/** Where binaries of this version of the module are, or will be. */
export function binariesPath(): string {
  const hash = createHash("sha256").update(`${process.arch}\n`);
  const add = (path: string) => {
    if (statSync(path).isDirectory())
      for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`${path.slice(MODULE.length)}\n`).update(readFileSync(path));
  };
  add(MODULE);
  const version = `kubernetes-${KUBERNETES_VERSION}-${hash.digest("hex").slice(0, 12)}`;
  return join(cacheHome(), version);
}

/** Whether `ensureBinaries` has nothing to do. */
export const binariesBuilt = (): boolean => existsSync(binariesPath());

/**
 * Builds the cluster's binaries from source, unless they are there. Go keeps what it has compiled, so an
 * interrupted build goes on where it stopped. Returns the directory of the binaries.
 */
export async function ensureBinaries(progress: Progress): Promise<string> {
  const target = binariesPath();
  if (existsSync(target)) return target;
  const wait = () => progress("waiting for another build of Kubernetes to end");
  await withLock(`build ${target}`, wait, async () => {
    if (existsSync(target)) return;
    const partial = `${target}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    progress(`building Kubernetes ${KUBERNETES_VERSION} from source (6 minutes on 2 cores, once)`);
    const started = Date.now();
    const minute = setInterval(
      () =>
        progress(`still building Kubernetes: ${Math.round((Date.now() - started) / 60_000)} min`),
      60_000,
    );
    try {
      await compile(partial);
    } finally {
      clearInterval(minute);
    }
    symlinkSync("kube", join(partial, "kubectl"));
    renameSync(partial, target);
  });
  return target;
}

async function compile(out: string): Promise<void> {
  const [major, minor] = KUBERNETES_VERSION.split(".");
  // Without these, every component says that it is v0.0.0-master.
  const version = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap(
    (name) => [
      `-X ${name}.gitVersion=v${KUBERNETES_VERSION}`,
      `-X ${name}.gitMajor=${major}`,
      `-X ${name}.gitMinor=${minor}`,
      `-X ${name}.gitTreeState=clean`,
    ],
  );
  const flags = [
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w ${version.join(" ")}`,
    "-o",
    `${out}/`,
  ];
  await run("go", ["build", ...flags, "./cmd/..."], {
    cwd: MODULE,
    // Static binaries run in images that hold nothing else; and no other Go than this one is downloaded.
    env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local" },
  });
}
