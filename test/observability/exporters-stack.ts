import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { resolveStack } from "#config/stack";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import { withPortForward } from "#local/setup/port-forward";
import { databaseTls } from "#test/support/certificates";
import { kubectl, testTarget } from "#test/support/kubectl";
import { stackSources } from "#test/support/stack-sources";

/** Of the local cluster: a shell with the usual tools. */
const BUSYBOX = "mcp-mesh.local/cluster/busybox:1";

export interface Sample {
  metric: Record<string, string>;
  value: number;
}

/** The dev stack's database, with backups, and its monitoring, in a namespace of their own. */
export class ExportersStack {
  readonly namespace = `exporters-${randomBytes(3).toString("hex")}`;
  readonly #plan = resolveStack(
    stackSources("dev", {
      "Pulumi.dev.yaml": (text) =>
        text.replace("namespace: mcp-mesh", `namespace: ${this.namespace}`),
    }),
  );

  /** Runs `kubectl ARGS` in the namespace; rejects with its words if it fails. */
  async kubectl(args: string[], input?: string): Promise<string> {
    const outcome = await kubectl(["--namespace", this.namespace, ...args], input);
    if (outcome.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${outcome.stderr}`);
    return outcome.stdout.trim();
  }

  async install(): Promise<void> {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const metadata = { name: this.namespace, labels };
    await this.#apply({ apiVersion: "v1", kind: "Namespace", metadata });
    for (const name of ["postgres-superuser", "postgres-registry", "postgres-registry-a"]) {
      await this.kubectl(["create", "secret", "generic", name, "--from-literal=password=s3cret"]);
    }
    await this.#apply(await databaseTls("postgres", this.namespace));
    const { foundation, postgres, observability } = this.#plan;
    if (!postgres || !observability)
      throw new Error("The dev stack has no database or monitoring.");
    await this.#helm("foundation", foundation);
    await this.#helm("postgres", { ...postgres, backup: { size: "1Gi" } });
    const { prometheus } = observability;
    await this.#helm("observability", {
      ...observability,
      prometheus: { ...prometheus, scrapeInterval: "5s" },
    });
    await this.#apply(...oddities());
  }

  async #helm(chart: string, values: object): Promise<void> {
    const kubeconfig = testTarget()?.kubeconfig ?? "";
    const where = ["--namespace", this.namespace, "--kubeconfig", kubeconfig, "--values", "-"];
    const args = ["install", chart, join(projectRoot, "charts", chart), ...where];
    const outcome = await helm(args, JSON.stringify(values));
    if (outcome.code !== 0) throw new Error(`helm install ${chart}: ${outcome.stderr}`);
  }

  async #apply(...items: object[]): Promise<void> {
    const list = { apiVersion: "v1", kind: "List", items };
    await this.kubectl(["apply", "-f", "-"], JSON.stringify(list));
  }

  /** What Prometheus answers; `path` begins with a slash. */
  ask<T>(path: string): Promise<T> {
    const { kubectl: program = "", kubeconfig = "" } = testTarget() ?? {};
    const service = "observability-prometheus";
    const target = { kubeconfig, namespace: this.namespace, service, port: 9090 };
    return withPortForward(
      program,
      target,
      async (url) => (await fetch(url + path)).json() as Promise<T>,
    );
  }

  async query(expr: string): Promise<Sample[]> {
    const answer = await this.ask<{
      error?: string;
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    }>(`/api/v1/query?${new URLSearchParams({ query: expr })}`);
    if (answer.error) throw new Error(`${expr}: ${answer.error}`);
    return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Where backups are taken. */
  backup(...command: string[]): Promise<string> {
    return this.kubectl(["exec", "postgres-0", "-c", "backup", "--", ...command]);
  }

  async remove(): Promise<void> {
    const kubeconfig = testTarget()?.kubeconfig ?? "";
    // These have objects outside of the namespace.
    for (const release of ["observability", "foundation"]) {
      await helm(["uninstall", release, "-n", this.namespace, "--kubeconfig", kubeconfig]);
    }
    await kubectl(["delete", "namespace", this.namespace, "--wait=false"]);
  }
}

/** A workload that fails, a job that failed and an autoscaler, which well-kept stacks may lack. */
function oddities(): object[] {
  const spec = (restartPolicy: string) => ({
    restartPolicy,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "fails",
        image: BUSYBOX,
        command: ["false"],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  });
  const labels = { app: "fails" };
  const metadata = { name: "fails" };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: spec("Always") },
      },
    },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata,
      spec: { backoffLimit: 0, template: { spec: spec("Never") } },
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "fails" },
        minReplicas: 1,
        maxReplicas: 2,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 65 } },
          },
        ],
      },
    },
  ];
}
