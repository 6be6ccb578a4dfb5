import { join } from "node:path";
import { bare, CONTROL_PLANE, flags, type MachineConfig } from "#local/cluster/machine";
import { authorityFile, authorityKeyFile, frontAuthorityFile, pkiFile } from "#local/cluster/pki";
import {
  apiServer,
  type ClusterSpec,
  controlPlaneAddress,
  podCidr,
  serviceCidr,
} from "#local/cluster/spec";

/** The machine of etcd, the API server, the controllers, the scheduler, the volumes and the image registry. */
export function controlPlane(spec: ClusterSpec, binaries: string): MachineConfig {
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
            "flex-volume-plugin-dir": "/run/volume-plugins", // the default one would appear on the host
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
