import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { binariesPath } from "#local/cluster/binaries";
import { cgroupTrees } from "#local/cluster/cgroups";
import { BUSYBOX_IMAGE } from "#local/cluster/images";
import { runningMachines } from "#local/cluster/lifecycle";
import { clusterSpec } from "#local/cluster/spec";
import { processes, run } from "#local/cluster/system";

/** The cluster of these tests, beside whatever else runs on this machine. */
export const spec = clusterSpec("cluster-test");

export interface Answer {
  ok: boolean;
  /** What it printed, errors included. */
  text: string;
}

/** Runs kubectl; `user` is a name of the cluster's PKI, the administrator without it. */
export async function kubectl(args: string[], input?: unknown, user?: string): Promise<Answer> {
  const kubeconfig = user ? join(spec.home, "pki", `${user}.kubeconfig`) : spec.kubeconfig;
  const child = promisify(execFile)(join(binariesPath(), "kubectl"), [
    "--kubeconfig",
    kubeconfig,
    ...args,
  ]);
  if (input !== undefined) child.child.stdin?.end(JSON.stringify(input));
  return child.then(
    ({ stdout, stderr }) => ({ ok: true, text: stdout + stderr }),
    ({ stdout, stderr }) => ({ ok: false, text: stdout + stderr }),
  );
}

/** Applies an object; rejects with the API server's words. */
export async function apply(object: object): Promise<void> {
  const answer = await kubectl(["apply", "-f", "-"], object);
  if (!answer.ok) throw new Error(answer.text);
}

/** A busybox pod that keeps to the restricted Pod Security profile, on the node of that name. */
export function pod(namespace: string, name: string, node: string, script: string, volumes = {}) {
  const { spec: more = {}, container = {} } = volumes as { spec?: object; container?: object };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      nodeSelector: { "kubernetes.io/hostname": node },
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        fsGroup: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "main",
          image: BUSYBOX_IMAGE,
          command: ["sh", "-c", script],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          ...container,
        },
      ],
      ...more,
    },
  };
}

/** All processes of the cluster: its machines and everything that they started. */
export function clusterProcesses(): number[] {
  const table = processes();
  const machines = new Set(runningMachines(spec, table).values());
  const found = new Set(table.filter(({ pid }) => machines.has(pid)).map(({ parent }) => parent));
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of table) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** What of the cluster can be seen on this host: nothing after `down`. */
export async function traces(pids: number[]): Promise<string[]> {
  const alive = new Set(processes().map(({ pid }) => pid));
  const links = JSON.parse(await run("ip", ["-json", "link", "show"])) as { ifname: string }[];
  const routes = JSON.parse(await run("ip", ["-json", "route", "show"])) as { dst: string }[];
  const networks = [`${spec.fabric}.`, `${spec.podNet}.`, `${spec.svcNet}.`];
  const named = (name: string) => name.startsWith(`${spec.prefix}-`);
  return [
    ...pids.filter((pid) => alive.has(pid)).map((pid) => `process ${pid}`),
    ...links.filter(({ ifname }) => named(ifname)).map(({ ifname }) => `link ${ifname}`),
    ...routes
      .filter(({ dst }) => networks.some((network) => dst.startsWith(network)))
      .map(({ dst }) => `route ${dst}`),
    ...cgroupTrees().flatMap((tree) =>
      readdirSync(tree)
        .filter(named)
        .map((name) => `cgroup ${join(tree, name)}`),
    ),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(spec.home)),
    ...(existsSync(spec.home) ? [spec.home] : []),
  ];
}
