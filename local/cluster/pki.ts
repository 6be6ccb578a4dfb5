import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  apiServer,
  apiServiceAddress,
  type ClusterSpec,
  controlPlaneAddress,
  nodes,
} from "#local/cluster/spec";
import { run } from "#local/cluster/system";

/** What `pki` (build/cmd/pki) makes a key and a certificate from. */
interface Request {
  name: string;
  signer?: string;
  commonName?: string;
  organization?: string;
  keyPair?: boolean;
  server?: boolean;
  dns?: string[];
  ips?: string[];
}

const CLUSTER = "kubernetes-ca";
const FRONT = "front-proxy-ca";

/** Users whose kubeconfig is pki/NAME.kubeconfig, and the names that RBAC knows them by. */
function users(spec: ClusterSpec): Request[] {
  const client = (name: string, commonName: string, organization?: string): Request => ({
    name,
    signer: CLUSTER,
    commonName,
    organization,
  });
  return [
    client("admin", "admin", "system:masters"),
    ...["kube-controller-manager", "kube-scheduler", "kube-proxy"].map((n) =>
      client(n, `system:${n}`),
    ),
    ...["kube-router", "provisioner"].map((n) => client(n, n)),
    ...nodes(spec).map((n) => client(n.name, `system:node:${n.name}`, "system:nodes")),
  ];
}

function requests(spec: ClusterSpec): Request[] {
  const inCluster = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  return [
    { name: CLUSTER, commonName: CLUSTER },
    { name: FRONT, commonName: FRONT },
    { name: "service-accounts", keyPair: true },
    {
      name: "kube-apiserver",
      signer: CLUSTER,
      commonName: "kube-apiserver",
      server: true,
      dns: [...inCluster, "kubernetes.default.svc.cluster.local", "localhost"],
      ips: [apiServiceAddress(spec), controlPlaneAddress(spec), "127.0.0.1"],
    },
    {
      name: "kube-apiserver-kubelet-client",
      signer: CLUSTER,
      commonName: "kube-apiserver-kubelet-client",
      organization: "system:masters",
    },
    { name: "front-proxy-client", signer: FRONT, commonName: "front-proxy-client" },
    {
      name: "metrics-server",
      signer: CLUSTER,
      commonName: "metrics-server",
      server: true,
      dns: ["metrics-server.kube-system.svc"],
    },
    ...nodes(spec).map((node) => ({
      name: `${node.name}-serving`,
      signer: CLUSTER,
      commonName: `system:node:${node.name}`,
      organization: "system:nodes",
      server: true,
      dns: [node.name],
      ips: [node.address],
    })),
    ...users(spec),
  ];
}

/** The file of the cluster's PKI with that name. */
export const pkiFile = (spec: ClusterSpec, name: string) => join(spec.home, "pki", name);

/** The certificate that signs everything but the aggregation layer's. */
export const authorityFile = (spec: ClusterSpec) => pkiFile(spec, `${CLUSTER}.crt`);
export const authorityKeyFile = (spec: ClusterSpec) => pkiFile(spec, `${CLUSTER}.key`);
export const frontAuthorityFile = (spec: ClusterSpec) => pkiFile(spec, `${FRONT}.crt`);

/** Makes the cluster's keys, certificates, kubeconfigs and encryption key, all of them or none. */
export async function ensurePki(spec: ClusterSpec, binaries: string): Promise<void> {
  const done = join(spec.home, "pki");
  if (existsSync(done)) return;
  const partial = `${done}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  await run(join(binaries, "pki"), [partial], { input: JSON.stringify(requests(spec)) });
  for (const user of users(spec)) {
    const path = user.name === "admin" ? spec.kubeconfig : join(partial, `${user.name}.kubeconfig`);
    writeFileSync(path, kubeconfig(spec, user.name, partial), { mode: 0o600 });
  }
  const key = { name: "key1", secret: randomBytes(32).toString("base64") };
  const encryption = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      { resources: ["secrets"], providers: [{ secretbox: { keys: [key] } }, { identity: {} }] },
    ],
  };
  writeFileSync(join(partial, "encryption.json"), JSON.stringify(encryption), { mode: 0o600 });
  renameSync(partial, done);
}

function kubeconfig(spec: ClusterSpec, user: string, directory: string): string {
  const base64 = (name: string) => readFileSync(join(directory, name)).toString("base64");
  const name = spec.name;
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: apiServer(spec),
          "certificate-authority-data": base64(`${CLUSTER}.crt`),
        },
      },
    ],
    users: [
      {
        name: user,
        user: {
          "client-certificate-data": base64(`${user}.crt`),
          "client-key-data": base64(`${user}.key`),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
