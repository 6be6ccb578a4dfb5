import { join } from "node:path";
import { resolveStack } from "#config/stack";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import { withPortForward } from "#local/setup/port-forward";
import { databaseTls } from "#test/support/certificates";
import { kubectl, removeNamespace, testTarget } from "#test/support/kubectl";
import { stackSources } from "#test/support/stack-sources";

export const NAMESPACE = "watched";
const SINK = "alert-sink";

/** The dev stack in a namespace of its own, with alerts that go to the sink below. */
const plan = resolveStack(
  stackSources("dev", {
    "Pulumi.dev.yaml": (text) => text.replace("namespace: mcp-mesh", `namespace: ${NAMESPACE}`),
  }),
);

/** The agents that have metrics: the runtime's, or those of the relay before their sessions. */
export const measuredAgents = plan.agents
  .filter(({ values: { mode, profile } }) => mode === "mesh" || profile === "sessionful")
  .map(({ name }) => name);

/** A notification as the sink noted it. */
export interface Notification {
  /** The path that it was sent to: the receiver's name. */
  path: string;
  authorization?: string;
  at: number;
  status: "firing" | "resolved";
  alerts: string[];
}

export async function mustKubectl(args: string[], input?: string): Promise<string> {
  const outcome = await kubectl(["--namespace", NAMESPACE, ...args], input);
  if (outcome.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${outcome.stderr}`);
  return outcome.stdout;
}

/** Installs or upgrades one chart of the stack; does not wait for its pods. */
async function install(chart: string, release: string, values: object): Promise<void> {
  const kubeconfig = testTarget()?.kubeconfig ?? "";
  const path = join(projectRoot, "charts", chart);
  const where = ["--namespace", NAMESPACE, "--kubeconfig", kubeconfig, "--values", "-"];
  const outcome = await helm(
    ["upgrade", "--install", release, path, ...where],
    JSON.stringify(values),
  );
  if (outcome.code !== 0) throw new Error(`helm install ${release}: ${outcome.stderr}`);
}

/** Installs the monitoring so that it scrapes that often; as often as the stack does if absent. */
export async function installObservability(scrapeInterval?: string): Promise<void> {
  const { observability } = plan;
  if (!observability) throw new Error("The dev stack has no observability.");
  const webhook = (name: string) => ({ url: `http://${SINK}:8080/${name}` });
  await install("observability", "observability", {
    ...observability,
    prometheus: { ...observability.prometheus, ...(scrapeInterval ? { scrapeInterval } : {}) },
    alertmanager: {
      ...observability.alertmanager,
      receivers: {
        critical: { webhook: { ...webhook("critical"), existingSecret: "sink-token" } },
        warning: { webhook: webhook("warning") },
        watchdog: { webhook: webhook("watchdog") },
      },
      network: { egress: [{ to: SINK, port: 8080 }] },
    },
  });
}

/** Installs the stack with Helm alone, and somebody who notes the alerts. */
export async function installStack(): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } };
  await mustKubectl(["apply", "-f", "-"], JSON.stringify(namespace));
  for (const [name, key] of [
    ["postgres-superuser", "password"],
    ["postgres-registry", "password"],
    ["postgres-registry-a", "password"],
    ["sink-token", "token"],
    ["dashboard-login", "password"],
    ["dashboard-session", "keys"],
  ] as const) {
    const secret = `--from-literal=${key}=s3cret-s3cret-s3cret-s3cret-s3cret`;
    await mustKubectl(["create", "secret", "generic", name, secret]);
  }
  const certificate = await databaseTls("postgres", NAMESPACE);
  await mustKubectl(["apply", "-f", "-"], JSON.stringify(certificate));
  await install("foundation", "foundation", plan.foundation);
  if (plan.postgres) await install("postgres", "postgres", plan.postgres);
  await install("registry", "registry", plan.registry);
  for (const { name, values } of plan.agents) await install("agent", name, values);
  if (plan.dashboard) await install("dashboard", "dashboard", plan.dashboard);
  await installObservability("5s");
  await mustKubectl(["apply", "-f", "-"], JSON.stringify(sink()));
}

/** Deletes all that `installStack` made, whether it was finished or not. */
export async function removeStack(): Promise<void> {
  const kubeconfig = testTarget()?.kubeconfig ?? "";
  // It alone has objects outside of the namespace.
  await helm(["uninstall", "foundation", "--namespace", NAMESPACE, "--kubeconfig", kubeconfig]);
  await removeNamespace(NAMESPACE);
}

/** Asks one of the two servers; `path` begins with a slash. */
export async function ask<T>(service: "prometheus" | "alertmanager", path: string): Promise<T> {
  return forwarded(service, async (url) => (await fetch(url + path)).json() as Promise<T>);
}

/** Runs `use` with the address of a Service of the stack. */
export function forwarded<T>(service: string, use: (url: string) => Promise<T>): Promise<T> {
  const { kubectl: path = "", kubeconfig = "" } = testTarget() ?? {};
  const ports: Record<string, number> = { prometheus: 9090, alertmanager: 9093 };
  const port = ports[service];
  const name = port ? `observability-${service}` : service;
  return withPortForward(
    path,
    { kubeconfig, namespace: NAMESPACE, service: name, port: port ?? 8080 },
    use,
  );
}

interface Answer {
  status: string;
  error?: string;
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

/** The result of a query at a moment (seconds; now if absent); throws what Prometheus complains of. */
export const query = (expr: string, time?: number) =>
  forwarded("prometheus", (url) => queryAt(url, expr, time));

/** The same with Prometheus' address, for many queries. */
export async function queryAt(url: string, expr: string, time?: number) {
  const search = new URLSearchParams({ query: expr, ...(time ? { time: String(time) } : {}) });
  const answer = await fetch(`${url}/api/v1/query?${search}`);
  const { error, data } = (await answer.json()) as Answer;
  if (error) throw new Error(`${expr}: ${error}`);
  return data.result;
}

/** What was notified so far. */
export async function notifications(): Promise<Notification[]> {
  const lines = (await mustKubectl(["logs", SINK])).trim().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Listens for alerts and writes those of the stack to its log; nobody but Alertmanager gets to it. */
function sink() {
  const metadata = {
    name: SINK,
    labels: { "app.kubernetes.io/name": SINK, "app.kubernetes.io/part-of": "mcp-mesh" },
  };
  const selector = { "app.kubernetes.io/name": SINK };
  const caller = { "app.kubernetes.io/name": "observability-alertmanager" };
  const program = `
    process.on("SIGTERM", () => process.exit());
    require("node:http").createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { status, alerts } = JSON.parse(body);
      console.log(JSON.stringify({
        path: request.url.slice(1), authorization: request.headers.authorization, at: Date.now(),
        status,
        alerts: alerts.flatMap(({ labels }) => labels.namespace === "${NAMESPACE}" ? labels.alertname : []),
      }));
      response.end();
    }).listen(8080);`;
  const items = [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: {
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65532,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: SINK,
            // For its Node.
            image: "ghcr.io/mcp-mesh/registry:0.1.0",
            command: ["/nodejs/bin/node", "-e", program],
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector, ports: [{ port: 8080 }] } },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ ports: [{ port: 8080 }], from: [{ podSelector: { matchLabels: caller } }] }],
      },
    },
  ];
  return { apiVersion: "v1", kind: "List", items };
}
