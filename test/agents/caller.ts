import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "#local/setup/environment";
import type { Failure, Result } from "#test/agents/load/record";
import type { Load } from "#test/agents/load/ways";
import { CALLER, type Stage, WORKER } from "#test/agents/stage";
import { eventually } from "#test/support/eventually";

const PROGRAM = "load";

/** The failed of a failure is why; of a result, how many. */
type Line = Partial<Omit<Failure, "failed"> & Omit<Result, "failed">> & {
  failed?: string | number;
  started?: string;
  done?: boolean;
};

/** Puts the load's program where pods find it, and opens their way to the registry and the agents. */
export async function prepareCallers(stage: Stage): Promise<void> {
  const built = await build({
    entryPoints: [join(projectRoot, "test/agents/load/main.ts")],
    ...{ bundle: true, minify: true, write: false, platform: "node", format: "esm" },
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const metadata = { name: PROGRAM, namespace: stage.namespace };
  const text = built.outputFiles[0]?.text ?? "";
  await stage.kubectl(["delete", "configmap", PROGRAM, "--ignore-not-found"]);
  // By `create`: what `apply` notes beside it would be too long.
  const map = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "load.mjs": text } };
  await stage.kubectl(["create", "-f", "-"], JSON.stringify(map));
  await stage.apply({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata,
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": CALLER } },
      policyTypes: ["Ingress", "Egress"],
      egress: [
        { ports: [{ protocol: "UDP", port: 53 }] },
        { to: [{ podSelector: { matchLabels: { "app.kubernetes.io/part-of": "mcp-mesh" } } }] },
      ],
    },
  });
}

/** A pod that calls an agent. */
export class Caller {
  readonly name: string;
  readonly #stage: Stage;

  private constructor(stage: Stage, name: string) {
    this.#stage = stage;
    this.name = name;
  }

  /** Starts it, on a node if one is given, and returns when it has had its first answer. */
  static async start(
    stage: Stage,
    name: string,
    how: Partial<Load> & Pick<Load, "via">,
    node?: string,
  ): Promise<Caller> {
    const load = {
      url: `http://${WORKER}.${stage.namespace}.svc:8080/mcp`,
      ...{ capability: "greeting", tool: "greet", arguments: { name: "Ada" }, expect: "Ada" },
      seconds: 900,
      ...how,
    } as Load;
    const caller = new Caller(stage, name);
    await stage.kubectl(["delete", "pod", name, "--ignore-not-found"]);
    await stage.apply(pod(name, load, stage.namespace, stage.nodeImage, node));
    await eventually(`the first answer to ${name}`, 150, async () => {
      return (await caller.#lines()).some(({ started }) => started);
    });
    return caller;
  }

  /** How many calls it has made so far. */
  async made(): Promise<number> {
    return Math.max(0, ...(await this.#lines()).map(({ made = 0 }) => made));
  }

  /** The calls that failed so far. */
  async failures(): Promise<Failure[]> {
    return (await this.#lines()).flatMap(({ at = "", failed, after = 0 }) =>
      typeof failed === "string" ? [{ at, failed, after }] : [],
    );
  }

  /**
   * The calls that failed while something was done, and until the calls that were on their way then
   * have had the time to.
   */
  async during(work: () => Promise<unknown>): Promise<Failure[]> {
    const before = (await this.failures()).length;
    await work();
    const made = await this.made();
    await eventually(`more calls of ${this.name}`, 120, async () => (await this.made()) > made + 5);
    return (await this.failures()).slice(before);
  }

  /** Ends it, and returns what all of its calls came to. */
  async stop(): Promise<Result> {
    const enough = 'process.kill(1, "SIGUSR2")';
    await this.#stage.kubectl(["exec", this.name, "--", "/nodejs/bin/node", "-e", enough]);
    return this.result();
  }

  /** What all of its calls came to, when it has ended. */
  async result(): Promise<Result> {
    return eventually(`the result of ${this.name}`, 400, async () => {
      return (await this.#lines()).find(({ done }) => done) as Result | undefined;
    });
  }

  async #lines(): Promise<Line[]> {
    const text = await this.#stage.kubectl(["logs", this.name]);
    // The runtime and the agent write their own log.
    return text.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  }
}

const fromField = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});

function pod(name: string, load: Load, namespace: string, image: string, node?: string) {
  const runtime = ["--import", "/app/mcp-mesh.mjs"];
  const labels = { "app.kubernetes.io/name": CALLER, "app.kubernetes.io/part-of": "mcp-mesh" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels },
    spec: {
      ...(node ? { nodeSelector: { "kubernetes.io/hostname": node } } : {}),
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "caller",
          image,
          command: ["/nodejs/bin/node", ...(load.via === "mesh" ? runtime : []), "/load/load.mjs"],
          env: [
            { name: "LOAD", value: JSON.stringify(load) },
            { name: "MCP_MESH_REGISTRY_URL", value: `http://registry.${namespace}.svc:8000` },
            { name: "MCP_MESH_AGENT_NAME", value: CALLER },
            { name: "MCP_MESH_NAMESPACE", value: namespace },
            { name: "MCP_MESH_HTTP_PORT", value: "8080" },
            fromField("MCP_MESH_POD", "metadata.name"),
            fromField("MCP_MESH_POD_IP", "status.podIP"),
            fromField("MCP_MESH_HTTP_HOST", "status.podIP"),
            fromField("MCP_MESH_ZONE", "metadata.labels['topology.kubernetes.io/zone']"),
          ],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: {
            requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "8Mi" },
            limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "16Mi" },
          },
          volumeMounts: [{ name: PROGRAM, mountPath: "/load", readOnly: true }],
        },
      ],
      volumes: [{ name: PROGRAM, configMap: { name: PROGRAM } }],
    },
  };
}
