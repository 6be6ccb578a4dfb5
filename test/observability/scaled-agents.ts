import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import { withPortForward } from "#local/setup/port-forward";
import { getObjects, kubectl, removeNamespace, testTarget } from "#test/support/kubectl";
import { run } from "#test/support/project";

export const NAMESPACE = "scaled";
const MOST = 3;
const ADAPTER = "observability-custom-metrics";
const own = (repository: string, tag: string) => ({ registry: "ghcr.io", repository, tag });

/** A tool that takes its time, in the place of the agent's answer to calls that ask for it. */
const SLOW = `import { Server } from "node:http";
const { emit } = Server.prototype;
Server.prototype.emit = function (event, request, ...rest) {
  if (event === "request" && request.headers["x-slow"]) return true;
  return emit.call(this, event, request, ...rest);
};
`;

async function succeed(args: string[], input?: string): Promise<void> {
  const { code, stderr } = await kubectl(["--namespace", NAMESPACE, ...args], input);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
}

async function install(chart: string, release: string, values: object): Promise<void> {
  const kubeconfig = testTarget()?.kubeconfig ?? "";
  const where = ["--namespace", NAMESPACE, "--kubeconfig", kubeconfig, "--values", "-"];
  const args = ["install", release, join(projectRoot, "charts", chart), ...where];
  const { code, stderr } = await helm(args, JSON.stringify(values));
  if (code !== 0) throw new Error(`helm install ${release}: ${stderr}`);
}

/** A certificate that says who the adapter is, and is its own authority. */
async function certificate(): Promise<{ caBundle: string }> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-certificate-"));
  try {
    const [key, crt] = [join(folder, "tls.key"), join(folder, "tls.crt")];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
    const name = `${ADAPTER}.${NAMESPACE}.svc`;
    const whose = ["-subj", `/CN=${ADAPTER}`, "-addext", `subjectAltName=DNS:${name}`];
    const made = await run("openssl", [
      ...["req", "-x509", ...kind, ...whose, "-keyout", key, "-out", crt],
    ]);
    if (made.code !== 0) throw new Error(made.text);
    await succeed(["create", "secret", "tls", "adapter", `--key=${key}`, `--cert=${crt}`]);
    return { caBundle: readFileSync(crt).toString("base64") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One pod that may become three, and lose one again as soon as it is idle. */
async function agent(name: string, autoscaling: object): Promise<void> {
  await install("agent", name, {
    global: { monitoring: "annotations" },
    image: own("mcp-mesh/greeter", "0.1.0"),
    mode: "mesh",
    autoscaling: { minReplicas: 1, maxReplicas: MOST, quietSeconds: 0, ...autoscaling },
    env: { NODE_OPTIONS: "--import=/slow/slow.mjs" },
    pod: {
      volumes: [{ name: "slow", configMap: { name: "slow" } }],
      volumeMounts: [{ name: "slow", mountPath: "/slow" }],
    },
    // There is no registry: an agent serves without one.
    network: { egress: [{ to: "registry", port: 8000 }] },
  });
}

/** Prometheus, prometheus-adapter, and two agents: one follows its CPU, the other its calls, too. */
export async function installAgents(): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } };
  await succeed(["apply", "-f", "-"], JSON.stringify(namespace));
  await succeed(["create", "configmap", "slow", `--from-literal=slow.mjs=${SLOW}`]);
  await install("observability", "observability", {
    prometheus: {
      image: own("mcp-mesh/prometheus", "2.42.0"),
      discovery: { image: own("mcp-mesh/pod-discovery", "0.1.0") },
      scrapeInterval: "5s",
    },
    alertmanager: { image: own("mcp-mesh/alertmanager", "0.25.0") },
    customMetrics: {
      image: own("mcp-mesh/prometheus-adapter", "0.12.0"),
      certificate: { existingSecret: "adapter", ...(await certificate()) },
    },
  });
  await agent("busy", {});
  await agent("patient", { signal: "custom-metrics", target: 2 });
}

export async function removeAgents(): Promise<void> {
  const kubeconfig = testTarget()?.kubeconfig ?? "";
  // It alone has objects outside of the namespace.
  await helm(["uninstall", "observability", "-n", NAMESPACE, "--kubeconfig", kubeconfig]);
  await removeNamespace(NAMESPACE);
}

/** Does something with the address of an agent; ends when that ends. */
export function through(service: string, use: (url: string) => Promise<void>): Promise<void> {
  const { kubectl: path = "", kubeconfig = "" } = testTarget() ?? {};
  return withPortForward(path, { kubeconfig, namespace: NAMESPACE, service, port: 8080 }, use);
}

interface Measured {
  type: "Resource" | "Pods";
  resource?: { current: { averageUtilization?: number } };
  pods?: { current: { averageValue?: string } };
}

/** What the autoscaler of an agent sees and wants. */
export async function scaling(name: string) {
  const [found] = await getObjects("hpa", name, "-n", NAMESPACE);
  const status = (found?.status ?? {}) as { desiredReplicas?: number; currentMetrics?: Measured[] };
  const measured = status.currentMetrics ?? [];
  return {
    replicas: status.desiredReplicas ?? 0,
    cpu: measured.find(({ type }) => type === "Resource")?.resource?.current.averageUtilization,
    inFlight: measured.find(({ type }) => type === "Pods")?.pods?.current.averageValue,
  };
}

/** How many pods of an agent answer. */
export async function readyPods(name: string): Promise<number> {
  const [found] = await getObjects("deployment", name, "-n", NAMESPACE);
  return (found?.status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0;
}
