import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CONTROL_PLANE, SWITCH } from "#local/cluster/machine";
import {
  type ClusterSpec,
  controlPlaneAddress,
  hostAddress,
  nodes,
  podCidr,
  serviceCidr,
} from "#local/cluster/spec";
import { run } from "#local/cluster/system";

/** Runs `ip` commands, one a line, in the network namespace of a process, or in the host's. */
function ip(pid: number | undefined, commands: string[]): Promise<string> {
  const batch = ["ip", "-batch", "-"];
  const input = `${commands.join("\n")}\n`;
  return pid === undefined
    ? run("ip", batch.slice(1), { input })
    : run("nsenter", ["--target", String(pid), "--net", ...batch], { input });
}

const hasLink = (pid: number | undefined, name: string) =>
  ip(pid, [`link show ${name}`]).then(
    () => true,
    () => false,
  );

/** The host's link to the cluster. The routes below hang on it and go with it. */
export const hostLink = (spec: ClusterSpec) => `${spec.prefix}-host`;

/** Joins the machines and the host by the switch, where they are not joined yet. `pids`: machine's name → process 1. */
export async function plugIn(spec: ClusterSpec, pids: Map<string, number>): Promise<void> {
  const pidOf = (name: string) => {
    const pid = pids.get(name);
    if (pid === undefined)
      throw new Error(`machine ${name} of cluster ${spec.name} is not running`);
    return pid;
  };
  const hub = pidOf(SWITCH);
  if (!(await hasLink(hub, "br0"))) {
    await ip(hub, ["link set lo up", "link add br0 type bridge", "link set br0 up"]);
  }
  const toPods = nodes(spec).map((node) => ({
    name: node.name,
    route: `route replace ${node.podCidr} via ${node.address}`,
  }));
  const plug = async (
    name: string,
    link: string,
    pid: number | undefined,
    address: string,
    routes: string[],
  ) => {
    const ends = [await hasLink(hub, name), await hasLink(pid, link)];
    if (ends[0] && ends[1]) return;
    // One end alone hangs on a machine that has just been killed, and the kernel is about to remove it.
    if (ends[0]) await ip(hub, [`link delete ${name}`]).catch(() => {});
    if (ends[1]) await ip(pid, [`link delete ${link}`]).catch(() => {});
    const where = pid === undefined ? "" : `netns ${pid}`;
    await ip(undefined, [
      `link add name ${link} ${where} type veth peer name ${name} netns ${hub}`,
    ]);
    await ip(hub, [`link set ${name} master br0 up`]);
    const loopback = pid === undefined ? [] : ["link set lo up"];
    await ip(pid, [
      ...loopback,
      `address add ${address}/24 dev ${link}`,
      `link set ${link} up`,
      ...routes,
    ]);
  };
  const pods = toPods.map(({ route }) => route);
  await plug(CONTROL_PLANE, "eth0", pidOf(CONTROL_PLANE), controlPlaneAddress(spec), pods);
  for (const node of nodes(spec)) {
    const others = toPods.filter(({ name }) => name !== node.name).map(({ route }) => route);
    // A Service's address needs a route before kube-proxy can redirect it. No route leads outside:
    // addresses there fail at once instead of timing out.
    const services = `route replace ${serviceCidr(spec)} dev eth0`;
    await plug(node.name, "eth0", pidOf(node.name), node.address, [...others, services]);
  }
  // The host reaches Services through the first node's kube-proxy.
  const services = `route replace ${serviceCidr(spec)} via ${nodes(spec)[0]?.address}`;
  await plug("host", hostLink(spec), undefined, hostAddress(spec), [...pods, services]);
}

interface Route {
  dst: string;
  dev?: string;
}

/** Throws when something else on this host, another cluster included, uses one of the cluster's networks. */
export async function refuseClashes(spec: ClusterSpec, running: boolean): Promise<void> {
  const mine = [`${spec.fabric}.0/24`, podCidr(spec), serviceCidr(spec)];
  // The link of a cluster that was killed is still there for some milliseconds.
  for (let attempt = 1; ; attempt++) {
    const routes: Route[] = JSON.parse(await run("ip", ["-json", "-4", "route", "show"]));
    const taken = routes.find(
      ({ dst, dev }) =>
        dst !== "default" &&
        !(running && dev === hostLink(spec)) &&
        mine.some((network) => overlap(network, dst)),
    );
    if (taken === undefined) return;
    if (attempt === 20) {
      throw new Error(
        `cluster ${spec.name} needs the networks ${mine.join(", ")}, and this machine already uses ` +
          `${taken.dst} (${taken.dev}): choose another cluster name with --name, which gets other addresses`,
      );
    }
    await sleep(100);
  }
}

/** Whether two IPv4 networks (`ADDRESS[/BITS]`) share an address. */
export function overlap(a: string, b: string): boolean {
  const parse = (network: string) => {
    const [address = "", bits = "32"] = network.split("/");
    const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    return { value, bits: Number(bits) };
  };
  const [x, y] = [parse(a), parse(b)];
  const size = 2 ** (32 - Math.min(x.bits, y.bits));
  return Math.floor(x.value / size) === Math.floor(y.value / size);
}

/** Whether the kernel filters bridged packets, without which policies miss pods of one node. */
export async function ensureBridgeFilter(): Promise<void> {
  if (existsSync("/proc/sys/net/bridge")) return;
  await run("modprobe", ["-a", "overlay", "br_netfilter"]);
}
