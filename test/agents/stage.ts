import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resolveStack } from "#config/stack";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import { databaseTls } from "#test/support/certificates";
import { eventually } from "#test/support/eventually";
import {
  getObjects,
  type KubeObject,
  kubectl,
  removeNamespace,
  testTarget,
} from "#test/support/kubectl";
import { stackSources } from "#test/support/stack-sources";

export interface Pod extends KubeObject {
  metadata: KubeObject["metadata"] & { deletionTimestamp?: string };
  spec: { nodeName: string };
  status: { phase: string; podIP?: string; conditions?: { type: string; status: string }[] };
}

/** The agent that is called, and who calls it: the greeter's image, and a pod of the test's own. */
export const WORKER = "worker";
export const CALLER = "caller";

interface Image {
  registry: string;
  repository: string;
  tag: string;
}
interface Values {
  image: Image;
  relay?: { image: Image };
  pod?: object;
  [more: string]: unknown;
}

/** The image as it was built last: nodes keep what they once pulled by a tag. */
function pinned(image: Image) {
  const { images } = JSON.parse(readFileSync(join(projectRoot, "images.lock.json"), "utf8"));
  return { ...image, digest: images[`${image.registry}/${image.repository}:${image.tag}`] };
}

/** A tool that takes a moment, so that there are always calls on their way. */
const WORK = `import { Server } from "node:http";
const { emit } = Server.prototype;
const ms = Number(process.env.WORK_MS);
Server.prototype.emit = function (event, ...rest) {
  if (event !== "request" || rest[0].url !== "/mcp") return emit.call(this, event, ...rest);
  setTimeout(() => emit.call(this, event, ...rest), ms);
  return true;
};
`;

const workerFile = (text: string) =>
  text.replace("name: greeter\n", `name: ${WORKER}\n`).replace(/dependencies:\n.*\n/, "");
const callerFile = (text: string) =>
  text
    .replace("name: greeter\n", `name: ${CALLER}\n`)
    .replace(/- \{ name: greet,.*/, "- { name: call, capability: calling, version: 1.0.0 }")
    .replace("capability: echo", "capability: greeting");

/** A namespace with the dev stack's registry and database, and the agents that a test asks for. */
export class Stage {
  readonly namespace: string;
  readonly #plan;

  constructor(namespace: string) {
    this.namespace = namespace;
    const greeter = stackSources("dev").agentFiles.find(({ name }) => /greeter/.test(name));
    if (!greeter) throw new Error("the dev stack has no greeter");
    this.#plan = resolveStack(
      stackSources("dev", {
        "Pulumi.dev.yaml": (text) =>
          text
            .replace("namespace: mcp-mesh", `namespace: ${namespace}`)
            // No quota is installed here, and the stage has agents that the stack lacks.
            .replace(/(limits\..*|requests\..*): .*/g, "$1: 64Gi"),
        "agents/worker.yaml": () => workerFile(greeter.text),
        "agents/caller.yaml": () => callerFile(greeter.text),
      }),
    );
  }

  /** An image with Node, and with the runtime as agents have it. */
  get nodeImage(): string {
    const found = this.#plan.agents.find(({ name }) => name === WORKER);
    if (!found) throw new Error("the stage has no worker");
    const { registry, repository, tag, digest } = pinned(found.values.image);
    return `${registry}/${repository}:${tag}${digest ? `@${digest}` : ""}`;
  }

  /** Runs kubectl in the namespace; throws what it says if it fails. */
  async kubectl(args: string[], input?: string): Promise<string> {
    const outcome = await kubectl(["--namespace", this.namespace, ...args], input);
    if (outcome.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${outcome.stderr}`);
    return outcome.stdout;
  }

  apply(...items: object[]): Promise<string> {
    return this.kubectl(
      ["apply", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
  }

  /** Makes the namespace; what a run that was cut short has left of it goes before. */
  async openNamespace(): Promise<void> {
    await this.close();
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const metadata = { name: this.namespace, labels };
    await this.apply({ apiVersion: "v1", kind: "Namespace", metadata });
  }

  /** Makes the namespace, the registry and its database. Does not wait for their pods. */
  async open(): Promise<void> {
    const { postgres, registry } = this.#plan;
    await this.openNamespace();
    for (const name of ["postgres-superuser", "postgres-registry", "postgres-registry-a"]) {
      const password = "--from-literal=password=s3cret-s3cret-s3cret";
      await this.kubectl(["create", "secret", "generic", name, password]);
    }
    await this.kubectl(["create", "configmap", "work", `--from-literal=work.mjs=${WORK}`]);
    await this.apply(await databaseTls("postgres", this.namespace));
    if (postgres) await this.#install("postgres", "postgres", postgres);
    await this.#install("registry", "registry", registry);
  }

  /** Installs an agent of the stack, or changes it, and waits until all of its pods are ready. */
  async agent(name: string, changes: object = {}): Promise<void> {
    const found = this.#plan.agents.find((agent) => agent.name === name);
    if (!found) throw new Error(`the stack has no agent "${name}"`);
    const { network, ...values } = found.values;
    const ingress = [...network.ingress, CALLER];
    await this.#install("agent", name, {
      ...values,
      network: { ...network, ingress },
      ...changes,
    });
    await this.settled(name);
  }

  /** The worker with so many replicas and so much work in each call. */
  worker(replicas: number, workMs: number, changes: object = {}): Promise<void> {
    return this.agent(WORKER, {
      replicas,
      env: { HOST: "0.0.0.0", WORK_MS: String(workMs), NODE_OPTIONS: "--import=/work/work.mjs" },
      pod: {
        volumes: [{ name: "work", configMap: { name: "work" } }],
        volumeMounts: [{ name: "work", mountPath: "/work", readOnly: true }],
      },
      ...changes,
    });
  }

  /** Waits until an update of a Deployment is over and its old pods are gone. */
  async settled(name: string): Promise<Pod[]> {
    await this.kubectl(["rollout", "status", `deployment/${name}`, "--timeout=240s"]);
    return eventually(`the end of old pods of ${name}`, 120, async () => {
      const pods = await this.pods(name);
      return pods.every(({ metadata }) => !metadata.deletionTimestamp) && pods;
    });
  }

  pods(name: string): Promise<Pod[]> {
    const selector = `app.kubernetes.io/name=${name}`;
    return getObjects<Pod>("pods", "-n", this.namespace, "-l", selector);
  }

  async close(): Promise<void> {
    await removeNamespace(this.namespace);
  }

  async #install(chart: string, release: string, values: Values): Promise<void> {
    const kubeconfig = testTarget()?.kubeconfig ?? "";
    const path = join(projectRoot, "charts", chart);
    const where = ["--namespace", this.namespace, "--kubeconfig", kubeconfig, "--values", "-"];
    // Priority classes are the cluster's, and not this stage's to make.
    const pod = { ...values.pod, priorityClassName: "" };
    const args = ["upgrade", "--install", release, path, ...where];
    const { image, relay } = values;
    const images = {
      image: pinned(image),
      ...(relay && { relay: { ...relay, image: pinned(relay.image) } }),
    };
    const { code, stderr } = await helm(args, JSON.stringify({ ...values, pod, ...images }));
    if (code !== 0) throw new Error(`helm install ${release}: ${stderr}`);
  }
}

export const isReady = ({ status }: Pod) =>
  status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
