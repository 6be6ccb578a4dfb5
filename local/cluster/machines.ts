import { totalmem } from "node:os";
import { join } from "node:path";
import { containerd, kubelet, kubeProxy, podNetwork } from "#local/cluster/node-config";
import { authorityFile, authorityKeyFile, frontAuthorityFile, pkiFile } from "#local/cluster/pki";
import {
  apiServer,
  type ClusterSpec,
  controlPlaneAddress,
  type Node,
  nodes,
  podCidr,
  serviceCidr,
} from "#local/cluster/spec";

/** A program that runs as long as its machine does. Units start in their order. */
export interface Unit {
  name: string;
  command: string[];
  /** The next unit waits until this answers: `unix:/PATH`, or an https URL. */
  ready?: string;
  ca?: string;
}

/** What `machine` (build/cmd/machine) reads: everything about one machine. */
export interface MachineConfig {
  hostname: string;
  address: string;
  empty: string[];
  binds: Record<string, string>;
  files: Record<string, string>;
  sysctls: Record<string, string>;
  shown: Record<string, string>;
  logs: string;
  units: Unit[];
}

/** Every machine of a cluster: the switch that joins them, the control plane, and the nodes. */
export function machines(spec: ClusterSpec, binaries: string): MachineConfig[] {
  return [
    networkSwitch(spec),
    controlPlane(spec, binaries),
    ...nodes(spec).map((node) => nodeMachine(spec, node, binaries)),
  ];
}

export const SWITCH = "switch";
export const CONTROL_PLANE = "control-plane";

function bare(spec: ClusterSpec, hostname: string): MachineConfig {
  return {
    hostname,
    address: "",
    empty: ["/run"],
    binds: {},
    files: {},
    sysctls: {},
    shown: {},
    logs: join(spec.home, "log", hostname),
    units: [],
  };
}

function networkSwitch(spec: ClusterSpec): MachineConfig {
  // Frames between machines pass no firewall on their way.
  return { ...bare(spec, SWITCH), sysctls: { "net/bridge/bridge-nf-call-iptables": "0" } };
}

const flags = (values: Record<string, string | number | boolean>) =>
  Object.entries(values).map(([key, value]) => `--${key}=${value}`);

function controlPlane(spec: ClusterSpec, binaries: string): MachineConfig {
  const machine = bare(spec, CONTROL_PLANE);
  const address = controlPlaneAddress(spec);
  const kube = join(binaries, "kube");
  const file = (name: string) => pkiFile(spec, name);
  const kubeconfigs = (name: string) => ({
    kubeconfig: file(`${name}.kubeconfig`),
    "authentication-kubeconfig": file(`${name}.kubeconfig`),
    "authorization-kubeconfig": file(`${name}.kubeconfig`),
    "bind-address": "127.0.0.1",
    "leader-elect": false,
    profiling: false,
  });
  const registry = {
    version: "0.1",
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: join(spec.home, "registry") } },
    http: { addr: spec.registry },
  };
  const audit = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [
      { level: "None", userGroups: ["system:nodes"] },
      {
        level: "None",
        users: ["apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map(
          (name) => `system:${name}`,
        ),
      },
      { level: "None", verbs: ["get", "list", "watch"] },
      { level: "Metadata" },
    ],
  };
  return {
    ...machine,
    address,
    files: {
      "/run/registry.yml": JSON.stringify(registry),
      "/run/audit.yaml": JSON.stringify(audit),
    },
    units: [
      { name: "registry", command: ["/usr/bin/docker-registry", "serve", "/run/registry.yml"] },
      {
        name: "etcd",
        command: [
          join(binaries, "etcd"),
          ...flags({
            name: CONTROL_PLANE,
            "data-dir": join(spec.home, "etcd"),
            "listen-client-urls": "http://127.0.0.1:2379",
            "advertise-client-urls": "http://127.0.0.1:2379",
            "listen-peer-urls": "http://127.0.0.1:2380",
            "initial-advertise-peer-urls": "http://127.0.0.1:2380",
            "initial-cluster": `${CONTROL_PLANE}=http://127.0.0.1:2380`,
            "auto-compaction-retention": "1h",
            "log-level": "warn",
          }),
        ],
      },
      {
        name: "kube-apiserver",
        command: [
          kube,
          "kube-apiserver",
          ...flags({
            "advertise-address": address,
            "secure-port": 6443,
            "etcd-servers": "http://127.0.0.1:2379",
            "service-cluster-ip-range": serviceCidr(spec),
            "authorization-mode": "Node,RBAC",
            "enable-admission-plugins": "NodeRestriction",
            "allow-privileged": true,
            "client-ca-file": authorityFile(spec),
            "tls-cert-file": file("kube-apiserver.crt"),
            "tls-private-key-file": file("kube-apiserver.key"),
            "kubelet-certificate-authority": authorityFile(spec),
            "kubelet-client-certificate": file("kube-apiserver-kubelet-client.crt"),
            "kubelet-client-key": file("kube-apiserver-kubelet-client.key"),
            "kubelet-preferred-address-types": "InternalIP",
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": file("service-accounts.pub"),
            "service-account-signing-key-file": file("service-accounts.key"),
            "requestheader-client-ca-file": frontAuthorityFile(spec),
            "requestheader-allowed-names": "front-proxy-client",
            "requestheader-extra-headers-prefix": "X-Remote-Extra-",
            "requestheader-group-headers": "X-Remote-Group",
            "requestheader-username-headers": "X-Remote-User",
            "proxy-client-cert-file": file("front-proxy-client.crt"),
            "proxy-client-key-file": file("front-proxy-client.key"),
            // No kube-proxy runs here: aggregated APIs and webhooks are dialled at their endpoints.
            "enable-aggregator-routing": true,
            "encryption-provider-config": file("encryption.json"),
            "audit-policy-file": "/run/audit.yaml",
            "audit-log-path": join(machine.logs, "audit.log"),
            "audit-log-maxsize": 50,
            "audit-log-maxbackup": 1,
            profiling: false,
          }),
        ],
        // The units below end for good when they come before the API server's own roles.
        ready: `${apiServer(spec)}/readyz`,
        ca: authorityFile(spec),
      },
      {
        name: "kube-controller-manager",
        command: [
          kube,
          "kube-controller-manager",
          ...flags({
            ...kubeconfigs("kube-controller-manager"),
            "use-service-account-credentials": true,
            controllers: "*,-node-ipam-controller",
            "service-account-private-key-file": file("service-accounts.key"),
            "root-ca-file": authorityFile(spec),
            "cluster-signing-cert-file": authorityFile(spec),
            "cluster-signing-key-file": authorityKeyFile(spec),
            "cluster-cidr": podCidr(spec),
            "service-cluster-ip-range": serviceCidr(spec),
            "horizontal-pod-autoscaler-sync-period": "10s",
            "terminated-pod-gc-threshold": 100,
            // Its 60 controllers ask for a token each at start; the default rate makes that 5 s.
            "kube-api-qps": 300,
            "kube-api-burst": 600,
          }),
        ],
      },
      {
        name: "kube-scheduler",
        command: [kube, "kube-scheduler", ...flags(kubeconfigs("kube-scheduler"))],
      },
      {
        name: "provisioner",
        command: [
          join(binaries, "provisioner"),
          ...flags({
            name: "mcp-mesh.local/directory",
            kubeconfig: file("provisioner.kubeconfig"),
            root: join(spec.home, "volumes"),
          }),
        ],
      },
    ],
  };
}

/** What is left of the machine's memory besides the control plane's 2 GiB is shared by the nodes. */
function nodeMemoryMiB(): number {
  return Math.floor((totalmem() / 2 ** 20 - 2048) / 3);
}

/** Host directory of one of a node's own directories. */
export const nodeDirectory = (spec: ClusterSpec, node: string, name: string) =>
  join(spec.home, "nodes", node, name);

function nodeMachine(spec: ClusterSpec, node: Node, binaries: string): MachineConfig {
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
