import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeCgroup, removeCgroup } from "#local/cluster/cgroups";
import type { MachineConfig } from "#local/cluster/machine";
import { nodeCgroup } from "#local/cluster/node-config";
import { type ClusterSpec, nodes } from "#local/cluster/spec";
import { type Process, processes, until } from "#local/cluster/system";

const configFile = (spec: ClusterSpec, machine: string) =>
  join(spec.home, "machines", `${machine}.json`);

/** The machine's own log: what its process 1 has to say about its units. */
export const machineLog = (spec: ClusterSpec, machine: string) =>
  join(spec.home, "log", machine, "machine.log");

/** Process 1 of each machine that runs, by the machine's name. The process table is all we trust. */
export function runningMachines(
  spec: ClusterSpec,
  table: Process[] = processes(),
): Map<string, number> {
  const found = table.filter(
    ({ command: [program = "", config = ""] }) =>
      basename(program) === "machine" && dirname(config) === join(spec.home, "machines"),
  );
  return new Map(found.map(({ pid, command }) => [basename(command[1] ?? "", ".json"), pid]));
}

/** The configuration that a machine was last started with, if it ever was. */
export function startedConfig(spec: ClusterSpec, machine: string): MachineConfig | undefined {
  const file = configFile(spec, machine);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/**
 * Starts the machines that don't run and restarts those that run with another configuration.
 * Returns the names of those that it started.
 */
export async function ensureMachines(
  spec: ClusterSpec,
  binaries: string,
  wanted: MachineConfig[],
): Promise<string[]> {
  const running = runningMachines(spec);
  const started = await Promise.all(
    wanted.map(async (config) => {
      const file = configFile(spec, config.hostname);
      const text = JSON.stringify(config, null, 2);
      const pid = running.get(config.hostname);
      if (pid !== undefined && existsSync(file) && readFileSync(file, "utf8") === text) return [];
      if (pid !== undefined) await stop(pid);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      await start(spec, binaries, config);
      return [config.hostname];
    }),
  );
  const names = wanted.map(({ hostname }) => hostname);
  await until(`the start of ${names.join(", ")}`, 10, () => {
    const now = runningMachines(spec);
    return names.every((name) => now.has(name));
  });
  return started.flat();
}

async function start(spec: ClusterSpec, binaries: string, config: MachineConfig): Promise<void> {
  for (const directory of [config.logs, ...Object.values(config.binds)]) {
    mkdirSync(directory, { recursive: true });
  }
  if (nodes(spec).some(({ name }) => name === config.hostname)) {
    // Groups that a killed node left cost kubelet 3 s each when it starts.
    await removeCgroup(nodeCgroup(spec, config.hostname));
    makeCgroup(nodeCgroup(spec, config.hostname));
  }
  const log = openSync(machineLog(spec, config.hostname), "a");
  const namespaces = [
    "--mount",
    "--pid",
    "--uts",
    "--net",
    "--propagation=private",
    "--mount-proc",
  ];
  const child = spawn(
    "unshare",
    [
      ...namespaces,
      "--fork",
      "--kill-child",
      join(binaries, "machine"),
      configFile(spec, config.hostname),
    ],
    {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" },
    },
  );
  closeSync(log);
  child.on("error", () => {}); // `ensureMachines` sees that it doesn't run
  child.unref();
}

/** Ends a machine with all its processes, at once: its process 1 takes the others with it. */
async function stop(pid: number): Promise<void> {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
  await until(`the end of process ${pid}`, 30, () => !processes().some((each) => each.pid === pid));
}

/** Ends every machine of the cluster and removes the groups of its nodes. */
export async function stopMachines(spec: ClusterSpec): Promise<void> {
  await Promise.all([...runningMachines(spec).values()].map(stop));
  await Promise.all(nodes(spec).map(({ name }) => removeCgroup(nodeCgroup(spec, name))));
}
