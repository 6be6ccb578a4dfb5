import { existsSync } from "node:fs";
import { join } from "node:path";
import { condition, get, getJson, type KubeObject } from "#local/cluster/api";
import { binariesPath } from "#local/cluster/binaries";
import { runningMachines, startedConfig } from "#local/cluster/lifecycle";
import { machines } from "#local/cluster/machines";
import { type ClusterSpec, nodes } from "#local/cluster/spec";
import { processes } from "#local/cluster/system";

export interface UnitStatus {
  machine: string;
  name: string;
  /** On this host; undefined while it does not run. */
  pid?: number;
  log: string;
}

export interface NodeStatus {
  name: string;
  zone: string;
  address: string;
  ready: boolean;
  reason: string;
}

export interface ClusterStatus {
  /** Whether anything of the cluster is there at all. */
  exists: boolean;
  /** `pid` is the machine's process 1 on this host. */
  machines: { name: string; address: string; pid?: number }[];
  units: UnitStatus[];
  nodes: NodeStatus[];
  /** Sentences about what is wrong; none in a healthy cluster. */
  problems: string[];
}

/** Looks at the processes, asks the API server, and reports what is so now. */
export async function status(spec: ClusterSpec): Promise<ClusterStatus> {
  const table = processes();
  const running = runningMachines(spec, table);
  const wanted = machines(spec, binariesPath()).map(
    (machine) => startedConfig(spec, machine.hostname) ?? machine,
  );
  const units = wanted.flatMap((machine) =>
    machine.units.map((unit) => {
      const command = unit.command.join("\0");
      const found = table.find(
        ({ parent, command: c }) =>
          parent === running.get(machine.hostname) && c.join("\0") === command,
      );
      const log = join(machine.logs, `${unit.name}.log`);
      return { machine: machine.hostname, name: unit.name, pid: found?.pid, log };
    }),
  );
  const report: ClusterStatus = {
    exists: existsSync(spec.home) || running.size > 0,
    machines: wanted.map(({ hostname, address }) => ({
      name: hostname,
      address,
      pid: running.get(hostname),
    })),
    units,
    nodes: [],
    problems: [],
  };
  if (!report.exists) {
    report.problems.push(
      `cluster ${spec.name} does not run: npm run cluster -- up --name ${spec.name} starts it`,
    );
    return report;
  }
  for (const { name, pid } of report.machines) {
    if (pid === undefined) report.problems.push(`machine ${name} does not run`);
  }
  for (const { machine, name, pid, log } of units) {
    if (pid === undefined && running.has(machine)) {
      report.problems.push(`${name} on ${machine} does not run, see ${log}`);
    }
  }
  try {
    await get(spec, "/readyz");
    report.nodes = await nodeStatus(spec);
    report.problems.push(
      ...report.nodes.filter((n) => !n.ready).map((n) => `node ${n.name}: ${n.reason}`),
    );
    report.problems.push(...(await deploymentProblems(spec)));
  } catch (error) {
    report.problems.push(`the API server: ${(error as Error).message}`);
  }
  return report;
}

async function nodeStatus(spec: ClusterSpec): Promise<NodeStatus[]> {
  const { items } = await getJson<{ items: KubeObject[] }>(spec, "/api/v1/nodes");
  return nodes(spec).map(({ name, zone, address }) => {
    const node = items.find(({ metadata }) => metadata.name === name);
    const ready = node && condition(node, "Ready");
    const reason = ready?.message ?? "it has not registered";
    return { name, zone, address, ready: ready?.status === "True", reason };
  });
}

async function deploymentProblems(spec: ClusterSpec): Promise<string[]> {
  const path = "/apis/apps/v1/namespaces/kube-system/deployments";
  const { items } = await getJson<{ items: KubeObject[] }>(spec, path);
  return items
    .map(({ metadata, status }) => ({
      name: metadata.name,
      ready: status?.readyReplicas ?? 0,
      all: status?.replicas ?? 0,
    }))
    .filter(({ ready, all }) => ready < all || all === 0)
    .map(({ name, ready, all }) => `${name}: ${ready} of ${all} pods are ready`);
}
