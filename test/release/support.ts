import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { compare } from "semver";
import { helmPath } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import { callTool } from "#local/setup/mcp-call";
import { withPortForward } from "#local/setup/port-forward";
import {
  getObjects,
  type KubeObject,
  kubectl,
  removeNamespace,
  testTarget,
} from "#test/support/kubectl";
import { type Outcome, run } from "#test/support/project";

/** The umbrella's values name it: agents are declared with their addresses. */
export const namespace = "mcp-mesh";
export const umbrella = join(projectRoot, "charts", "mcp-mesh");

export interface Pod extends KubeObject {
  spec: { nodeName: string };
  status: { phase: string; conditions?: { type: string; status: string }[] };
}

/** Says why and gives undefined where there is no cluster to install on. */
export function clusterOrReason() {
  const target = testTarget();
  if (!target) console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
  return target;
}

/** The outcome of a command that has to succeed; rejects with its words if it does not. */
export async function succeed(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, text } = await outcome;
  if (code !== 0) throw new Error(text);
  return stdout.trim();
}

/** Runs shell commands as a person would type them at the project's root, kubectl and helm at hand. */
export async function shell(commands: string): Promise<string> {
  const target = testTarget();
  if (!target) throw new Error("there is no cluster");
  const folders = [dirname(target.kubectl), dirname(await helmPath()), process.env.PATH];
  const env = { ...process.env, KUBECONFIG: target.kubeconfig, PATH: folders.join(":") };
  return succeed(run("bash", ["-euc", commands], { cwd: projectRoot, env, timeout: 600_000 }));
}

export const inNamespace = (...args: string[]) =>
  succeed(kubectl(["--namespace", namespace, ...args]));

/** Runs helm in the namespace, with values given on its standard input where there are some. */
export async function helm(args: string[], values?: object): Promise<string> {
  const kubeconfig = testTarget()?.kubeconfig ?? "";
  const from = values ? ["--values", "-"] : [];
  const all = [...args, ...from, "--namespace", namespace, "--kubeconfig", kubeconfig];
  const input = values ? JSON.stringify(values) : "";
  return succeed(run(await helmPath(), all, { input, timeout: 600_000 }));
}

/** The commands in the umbrella's about.md, which its README shows, one a line. */
export function documentedCommands(): string {
  const text = readFileSync(join(umbrella, "about.md"), "utf8");
  const [, commands] = /```console\n([\s\S]*?)```/.exec(text) ?? [];
  if (!commands) throw new Error("about.md of the umbrella chart has no block of commands");
  return commands;
}

/** What those commands do before anything is installed: the namespace and the passwords. */
export const prepareNamespace = () => shell(documentedCommands().replace(/^helm .*$/gm, ""));

/** Leaves the cluster as it was found, whatever a test has left. */
export async function removeAll(): Promise<void> {
  await helm(["uninstall", "mesh", "--ignore-not-found", "--no-hooks"]).catch(() => {});
  await removeNamespace(namespace);
}

/** The newest released package of the umbrella, with a values file that it brings along. */
export async function newestRelease(values: string) {
  const folder = join(projectRoot, "charts", "releases");
  const versions = readdirSync(folder).flatMap((file) => {
    const found = /^mcp-mesh-(.+)\.tgz$/.exec(file);
    return found?.[1] ? [found[1]] : [];
  });
  const [version] = versions.toSorted(compare).reverse();
  if (!version) throw new Error(`${folder} holds no package of the umbrella`);
  const path = join(folder, `mcp-mesh-${version}.tgz`);
  const tar = promisify(execFile)("tar", ["-xzOf", path, `mcp-mesh/${values}`]);
  return { version, path, values: (await tar).stdout };
}

export const pods = (name: string) =>
  getObjects<Pod>("pods", "-n", namespace, "-l", `app.kubernetes.io/name=${name}`);

export const isReady = ({ status }: Pod) =>
  status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;

/** Does something with a Service's address on this machine. */
export function through<T>(
  service: string,
  port: number,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const target = testTarget();
  if (!target) throw new Error("there is no cluster");
  return withPortForward(
    target.kubectl,
    { kubeconfig: target.kubeconfig, namespace, service, port },
    use,
  );
}

/** Calls an agent that calls another one. */
export const greet = (name: string) =>
  through("greeter", 8080, (url) => callTool(`${url}/mcp`, "greet", { name }));

/** The names that the registry knows, each once however many replicas there are. */
export const agentNames = () =>
  through("registry", 8000, async (url) => {
    const { agents } = (await (await fetch(`${url}/agents`)).json()) as {
      agents: { name: string }[];
    };
    return [...new Set(agents.map(({ name }) => name))].toSorted();
  });

/** What a statement answers in the registry's database. */
export const sql = (statement: string) => {
  const psql = ["psql", "-U", "postgres", "-d", "registry", "-XAtq", "-v", "ON_ERROR_STOP=1"];
  return inNamespace("exec", "postgres-0", "-c", "postgres", "--", ...psql, "-c", statement);
};
