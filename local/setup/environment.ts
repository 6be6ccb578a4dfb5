import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this checkout. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Where what can be made again is kept between commands, each thing by its version. */
export const cacheHome = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mcp-mesh");

/** The kubeconfig of the local cluster that `npm run up` starts. */
export const localKubeconfig = "/var/lib/mcp-mesh/mcp-mesh/kubeconfig";

/**
 * Which kubeconfig a command uses: the one named by KUBECONFIG, else the local cluster's if it was
 * started, else the user's own. Both engines read KUBECONFIG, so this is decided in one place.
 */
export function kubeconfigEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.KUBECONFIG) return env;
  const own = join(homedir(), ".kube", "config");
  return { ...env, KUBECONFIG: existsSync(localKubeconfig) ? localKubeconfig : own };
}

/** The arguments that run one of this project's TypeScript files with the Node that runs now. */
export function script(entry: string, ...args: string[]): [string, string[]] {
  const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];
  return [process.execPath, [...flags, join(projectRoot, entry), ...args]];
}
