import { createHash } from "node:crypto";

export const KUBERNETES_VERSION = "1.36.3";

/** Everything that makes one local cluster differ from another on the same machine. */
export interface ClusterSpec {
  /** The cluster's name; its files live in /var/lib/mcp-mesh/NAME. */
  readonly name: string;
  /** Starts the names of the cluster's links and cgroups; at most 8 characters. */
  readonly prefix: string;
  /** First three numbers of the network (/24) that joins the machines and this host. */
  readonly fabric: string;
  /** First two numbers of the pods' network (/16). */
  readonly podNet: string;
  /** First two numbers of the Services' network (/16). */
  readonly svcNet: string;
  readonly home: string;
  /** A kubeconfig with cluster-admin rights. */
  readonly kubeconfig: string;
  /** `host:port` of the image registry, plain HTTP, reachable from this host. */
  readonly registry: string;
}

export interface Node {
  readonly name: string;
  readonly zone: string;
  readonly address: string;
  readonly podCidr: string;
}

export const CLUSTERS_HOME = "/var/lib/mcp-mesh";

type Addresses = Pick<ClusterSpec, "prefix" | "fabric" | "podNet" | "svcNet">;

function spec(name: string, addresses: Addresses): ClusterSpec {
  const home = `${CLUSTERS_HOME}/${name}`;
  return {
    name,
    ...addresses,
    home,
    kubeconfig: `${home}/kubeconfig`,
    registry: `${addresses.fabric}.10:5000`,
  };
}

/** The cluster that `npm run up` uses when no other is named. */
export const defaultCluster = spec("mcp-mesh", {
  prefix: "mesh",
  fabric: "172.30.0",
  podNet: "10.244",
  svcNet: "10.96",
});

/**
 * The cluster of a name: always the same prefix and addresses, and others than the default cluster's.
 * Two names can (1 in 60) fall on the same addresses; `up` refuses the second one.
 */
export function clusterSpec(name: string): ClusterSpec {
  if (name === defaultCluster.name) return defaultCluster;
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    throw new Error(
      `cluster name "${name}": use a lower-case letter, then letters, digits and "-", 31 at most`,
    );
  }
  const place = 1 + (createHash("sha256").update(name).digest().readUInt32BE(0) % 60);
  return spec(name, {
    prefix: `mesh${place}`,
    fabric: `172.30.${place}`,
    podNet: `10.${180 + place}`,
    svcNet: `10.${110 + place}`,
  });
}

export const hostAddress = (s: ClusterSpec) => `${s.fabric}.1`;
export const controlPlaneAddress = (s: ClusterSpec) => `${s.fabric}.10`;
export const apiServer = (s: ClusterSpec) => `https://${controlPlaneAddress(s)}:6443`;
export const podCidr = (s: ClusterSpec) => `${s.podNet}.0.0/16`;
export const serviceCidr = (s: ClusterSpec) => `${s.svcNet}.0.0/16`;
export const apiServiceAddress = (s: ClusterSpec) => `${s.svcNet}.0.1`;
export const dnsAddress = (s: ClusterSpec) => `${s.svcNet}.0.10`;

/** The cluster's three nodes, one in each zone. */
export function nodes(s: ClusterSpec): Node[] {
  return ["a", "b", "c"].map((letter, i) => ({
    name: `node-${letter}`,
    zone: `local-${letter}`,
    address: `${s.fabric}.${11 + i}`,
    podCidr: `${s.podNet}.${1 + i}.0/24`,
  }));
}
