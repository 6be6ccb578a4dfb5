import { execFile } from "node:child_process";
import { UserError } from "#local/engine/errors";
import { kubectlPath } from "#local/engine/helm";
import { kubeconfigEnvironment } from "#local/setup/environment";

/** As much of an object as commands look at. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    uid: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
    deletionTimestamp?: string;
  };
  /** Kinds differ, and the API server has checked it. */
  spec?: any;
  status?: any;
}

/** What the API server says of one namespace: whoever runs a command asks with their own rights. */
export class Cluster {
  readonly namespace: string;
  private readonly context: string | undefined;

  constructor(namespace: string, context?: string) {
    this.namespace = namespace;
    this.context = context;
  }

  /** Runs `kubectl ARGS` in the namespace; rejects with its words if it fails. */
  async kubectl(args: readonly string[], input = ""): Promise<string> {
    const path = process.env.KUBECTL || (await kubectlPath());
    const context = this.context ? ["--context", this.context] : [];
    const all = ["--namespace", this.namespace, ...context, ...args];
    const options = { env: kubeconfigEnvironment(process.env), maxBuffer: 64 << 20 };
    return new Promise((resolve, reject) => {
      const child = execFile(path, all, options, (error, stdout, stderr) => {
        if (error) reject(new UserError(stderr.trim() || error.message));
        else resolve(stdout.trim());
      });
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }

  /** The object; undefined if there is none. `kind` is as kubectl takes it. */
  async get(kind: string, name: string): Promise<KubeObject | undefined> {
    const text = await this.kubectl(["get", kind, name, "--ignore-not-found", "-o", "json"]);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** All objects of the kind, or those with the labels. */
  async list(kind: string, selector = ""): Promise<KubeObject[]> {
    const labels = selector === "" ? [] : ["--selector", selector];
    return JSON.parse(await this.kubectl(["get", kind, ...labels, "-o", "json"])).items;
  }

  async apply(...objects: object[]): Promise<void> {
    const items = { apiVersion: "v1", kind: "List", items: objects };
    await this.kubectl(["apply", "-f", "-"], JSON.stringify(items));
  }

  /** What a command in a container prints; rejects with its words if it fails. */
  exec(pod: string, container: string, command: readonly string[]): Promise<string> {
    return this.kubectl(["exec", pod, "-c", container, "--", ...command]);
  }

  /** What a statement answers, as the server's keeper, over the socket in its pod. */
  sql(pod: string, statement: string, database = "postgres"): Promise<string> {
    const psql = ["psql", "-U", "postgres", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1"];
    return this.exec(pod, "postgres", [...psql, "-c", statement]);
  }

  /** Asks each second until the answer is yes; a question that fails is asked again. */
  async until(what: string, seconds: number, question: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    let last = "";
    for (;;) {
      try {
        if (await question()) return;
        last = "";
      } catch (error) {
        last = `; last: ${(error as Error).message}`;
      }
      if (Date.now() > deadline) {
        throw new UserError(
          `${what}: not within ${seconds} s${last}. When what holds it up is gone, run the same command again: it goes on from here.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
