import { Resolver } from "node:dns/promises";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureAddons } from "#local/cluster/addons";
import { condition, get, getJson, type KubeObject } from "#local/cluster/api";
import { ensureBinaries } from "#local/cluster/binaries";
import { ensureMachines, runningMachines, stopMachines } from "#local/cluster/lifecycle";
import { SWITCH } from "#local/cluster/machine";
import { machines } from "#local/cluster/machines";
import { ensureBridgeFilter, plugIn, refuseClashes } from "#local/cluster/network";
import { ensurePki } from "#local/cluster/pki";
import { allowWatchers, checkMachine, ensurePackages } from "#local/cluster/prerequisites";
import { apiServiceAddress, type ClusterSpec, dnsAddress, nodes } from "#local/cluster/spec";
import { type Progress, until, withLock } from "#local/cluster/system";

export { type ClusterSpec, clusterSpec, defaultCluster } from "#local/cluster/spec";
export { status } from "#local/cluster/status";

/**
 * Brings the cluster up and returns when its nodes and DNS serve; metrics follow within 15 s. What
 * runs is left alone; what a killed cluster left behind is cleared, its data kept. A cluster whose
 * first `up` never ended starts from nothing. Throws a sentence when this machine can't run one.
 */
export async function up(spec: ClusterSpec, progress: Progress): Promise<void> {
  await checkMachine();
  await ensurePackages(progress);
  const binaries = await ensureBinaries(progress);
  await exclusively(spec, progress, async () => {
    const complete = join(spec.home, "complete");
    if (existsSync(spec.home) && !existsSync(complete)) {
      progress("clearing what an unfinished start left");
      await remove(spec);
    }
    await refuseClashes(spec, runningMachines(spec).has(SWITCH));
    await ensureBridgeFilter();
    allowWatchers();
    mkdirSync(spec.home, { recursive: true, mode: 0o755 });
    await ensurePki(spec, binaries);

    const since = Math.floor(Date.now() / 1000) * 1000;
    const started = await ensureMachines(spec, binaries, machines(spec, binaries));
    if (started.length > 0) progress(`started ${started.join(", ")}`);
    await plugIn(spec, runningMachines(spec));
    const apiReady = (async () => {
      await until("the API server's start", 120, async () => (await get(spec, "/readyz")) === "ok");
      if (started.length > 0) progress("the API server answers");
    })();
    await ensureAddons(spec, binaries, apiReady);
    await nodesReady(spec, (node) => (started.includes(node) ? since : 0));
    if (started.length > 0) progress("the nodes are ready");
    await dnsReady(spec);
    writeFileSync(complete, "");
  });
}

/** Ends the cluster and deletes everything of it: processes, networks, cgroups, data. Built binaries stay. */
export async function down(spec: ClusterSpec, progress: Progress): Promise<void> {
  await exclusively(spec, progress, () => remove(spec));
}

const exclusively = (spec: ClusterSpec, progress: Progress, work: () => Promise<void>) =>
  withLock(
    `cluster ${spec.name}`,
    () => progress(`waiting for another command on cluster ${spec.name} to end`),
    work,
  );

async function remove(spec: ClusterSpec): Promise<void> {
  await stopMachines(spec);
  rmSync(join(spec.home, "complete"), { force: true }); // first, in case this is interrupted
  rmSync(spec.home, { recursive: true, force: true });
}

/** Waits until each node is ready, by a report newer than its own start. */
async function nodesReady(spec: ClusterSpec, since: (node: string) => number): Promise<void> {
  await until("readiness of all nodes", 120, async () => {
    const { items } = await getJson<{ items: KubeObject[] }>(spec, "/api/v1/nodes");
    return nodes(spec).every(({ name }) => {
      const node = items.find(({ metadata }) => metadata.name === name);
      const ready = node && condition(node, "Ready");
      return ready?.status === "True" && Date.parse(ready.lastHeartbeatTime ?? "") >= since(name);
    });
  });
}

/** Waits until cluster DNS answers at its Service's address, which takes all the others to work. */
async function dnsReady(spec: ClusterSpec): Promise<void> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([dnsAddress(spec)]);
  await until("cluster DNS's start", 120, async () => {
    const addresses = await resolver.resolve4("kubernetes.default.svc.cluster.local");
    return addresses.includes(apiServiceAddress(spec));
  });
}
