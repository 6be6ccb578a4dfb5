import { totalmem } from "node:os";
import { join } from "node:path";
import { bare, flags, type MachineConfig } from "#local/cluster/machine";
import { containerd, kubelet, kubeProxy, podNetwork } from "#local/cluster/node-config";
import { pkiFile } from "#local/cluster/pki";
import { type ClusterSpec, type Node, serviceCidr } from "#local/cluster/spec";

/** What is left of the machine's memory besides the control plane's 2 GiB is shared by the nodes. */
function nodeMemoryMiB(): number {
  return Math.floor((totalmem() / 2 ** 20 - 2048) / 3);
}

/** Host directory of one of a node's own directories. */
const nodeDirectory = (spec: ClusterSpec, node: string, name: string) =>
  join(spec.home, "nodes", node, name);

/** The machine of one node: containerd, kubelet, kube-proxy and kube-router. */
export function nodeMachine(spec: ClusterSpec, node: Node, binaries: string): MachineConfig {
  const kube = join(binaries, "kube");
  const own = (name: string) => nodeDirectory(spec, node.name, name);
  const registry = `http://${spec.registry}`;
  const reserved = Math.floor(totalmem() / 2 ** 20) - nodeMemoryMiB();
  return {
    ...bare(spec, node.name),
    address: node.address,
    // Every node has the standard paths, with its own content; nothing appears on the host's.
    empty: ["/run", "/var/lib", "/var/log"],
    binds: {
      [binaries]: binaries,
      [spec.home]: spec.home,
      "/var/lib/kubelet": own("kubelet"),
      "/var/lib/containerd": own("containerd"),
      "/var/lib/cni": own("cni"),
      "/var/log/pods": own("pod-logs"),
    },
    files: {
      "/run/node/containerd.toml": containerd(),
      "/run/node/registries/_default/hosts.toml": `server = "${registry}"\n[host."${registry}"]\n`,
      "/run/node/cni/10-pods.conflist": JSON.stringify(podNetwork(node)),
      "/run/node/kubelet.yaml": JSON.stringify(kubelet(spec, node, reserved)),
      "/run/node/kube-proxy.yaml": JSON.stringify(kubeProxy(spec, node)),
      "/run/node/resolv.conf": "",
    },
    sysctls: {
      "net/ipv4/ip_forward": "1",
      "net/ipv4/conf/all/rp_filter": "0",
      "net/ipv4/conf/default/rp_filter": "0",
      "net/bridge/bridge-nf-call-iptables": "1",
    },
    // kubelet insists on these; the host keeps its own.
    shown: {
      "vm/overcommit_memory": "1",
      "vm/panic_on_oom": "0",
      "kernel/panic": "10",
      "kernel/panic_on_oops": "1",
      "kernel/keys/root_maxkeys": "1000000",
      "kernel/keys/root_maxbytes": "25000000",
    },
    units: [
      {
        name: "containerd",
        command: ["/usr/bin/containerd", "--config", "/run/node/containerd.toml"],
        ready: "unix:/run/containerd/containerd.sock",
      },
      {
        name: "kubelet",
        command: [
          kube,
          "kubelet",
          ...flags({
            config: "/run/node/kubelet.yaml",
            kubeconfig: pkiFile(spec, `${node.name}.kubeconfig`),
            "hostname-override": node.name,
            "node-ip": node.address,
          }),
        ],
      },
      { name: "kube-proxy", command: [kube, "kube-proxy", "--config=/run/node/kube-proxy.yaml"] },
      {
        name: "kube-router",
        command: [
          join(binaries, "kube-router"),
          ...flags({
            kubeconfig: pkiFile(spec, "kube-router.kubeconfig"),
            "hostname-override": node.name,
            "service-cluster-ip-range": serviceCidr(spec),
            "iptables-sync-period": "1m",
          }),
        ],
      },
    ],
  };
}
