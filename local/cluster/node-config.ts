import { authorityFile, pkiFile } from "#local/cluster/pki";
import { type ClusterSpec, dnsAddress, type Node, podCidr } from "#local/cluster/spec";

/** The image that holds a pod's namespaces open. */
export const PAUSE_IMAGE = "mcp-mesh.local/cluster/pause:1";

/** A cgroup of this name holds the containers of that node. */
export const nodeCgroup = (spec: ClusterSpec, node: string) => `${spec.prefix}-${node}`;

/** containerd's configuration; the paths are the node's own. */
export function containerd(): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
oom_score = 0
[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  tolerate_missing_hugetlb_controller = true
[${cri}.registry]
  config_path = "/run/node/registries"
[${cri}.cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "/run/node/cni"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  BinaryName = "/usr/sbin/runc"
`;
}

/** The node's pods hang on one bridge and leave it by the node's routes. */
export function podNetwork(node: Node): object {
  const ipam = {
    type: "host-local",
    ranges: [[{ subnet: node.podCidr }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  const bridge = { type: "bridge", bridge: "cni0", isGateway: true, hairpinMode: true, ipam };
  const portmap = { type: "portmap", capabilities: { portMappings: true } };
  return { cniVersion: "1.0.0", name: "pods", plugins: [bridge, portmap] };
}

/** `reservedMiB` is the memory of this machine that is not for the node's pods. */
export function kubelet(spec: ClusterSpec, node: Node, reservedMiB: number): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: node.address,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: authorityFile(spec) },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: pkiFile(spec, `${node.name}-serving.crt`),
    tlsPrivateKeyFile: pkiFile(spec, `${node.name}-serving.key`),
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${nodeCgroup(spec, node.name)}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    maxOpenFiles: 20000,
    protectKernelDefaults: true,
    clusterDNS: [dnsAddress(spec)],
    clusterDomain: "cluster.local",
    resolvConf: "/run/node/resolv.conf",
    maxPods: 60,
    systemReserved: { cpu: "200m", memory: `${reservedMiB}Mi` },
    enforceNodeAllocatable: ["pods"],
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "2%",
      "imagefs.available": "2%",
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    nodeStatusUpdateFrequency: "5s",
    serializeImagePulls: false,
    volumePluginDir: "/var/lib/kubelet/plugins/volume", // the default one would appear on the host
  };
}

export function kubeProxy(spec: ClusterSpec, node: Node): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clientConnection: { kubeconfig: pkiFile(spec, "kube-proxy.kubeconfig") },
    clusterCIDR: podCidr(spec),
    detectLocalMode: "ClusterCIDR",
    hostnameOverride: node.name,
    bindAddress: node.address,
    healthzBindAddress: `${node.address}:10256`,
    oomScoreAdj: 0,
    // The limits of connection tracking belong to the host and can't be set from a network namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    nftables: { syncPeriod: "30s", minSyncPeriod: "500ms" },
  };
}
