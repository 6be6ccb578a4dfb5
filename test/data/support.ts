import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import { withPortForward } from "#local/setup/port-forward";
import { databaseTls } from "#test/support/certificates";
import { eventually } from "#test/support/eventually";
import { getObjects, type KubeObject, kubectl, testTarget } from "#test/support/kubectl";

/** A namespace for databases, closed by the restricted profile, with the Secrets that they need. */
export class Databases {
  readonly namespace = `data-${randomBytes(3).toString("hex")}`;

  /** Undefined, after saying why, where there is no cluster. */
  static async open(): Promise<Databases | undefined> {
    if (!testTarget()) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster to test on");
      return undefined;
    }
    const databases = new Databases();
    const { namespace } = databases;
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const secrets = [
      "postgres-superuser",
      "postgres-registry",
      "postgres-replication",
      "passphrase",
    ].map((name) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace },
      stringData: { password: randomBytes(12).toString("hex") },
    }));
    const made = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } };
    await databases.apply(made, ...secrets, await databaseTls("postgres", namespace));
    return databases;
  }

  /** Takes away what a program with a Database makes itself. */
  async leaveToProgram(): Promise<void> {
    const made = ["postgres-superuser", "postgres-registry", "postgres-tls"];
    await this.kubectl("delete", "secret", ...made);
  }

  async apply(...objects: object[]): Promise<void> {
    await succeed(kubectl(["apply", "-f", "-"], JSON.stringify({ ...LIST, items: objects })));
  }

  /** Runs `kubectl ARGS` in the namespace; rejects with its words if it fails. */
  async kubectl(...args: string[]): Promise<string> {
    const { stdout } = await succeed(kubectl(["--namespace", this.namespace, ...args]));
    return stdout.trim();
  }

  /** Runs `helm ARGS` in the namespace; rejects with its words if it fails. */
  async helm(args: string[], values: object = {}): Promise<string> {
    const kubeconfig = testTarget()?.kubeconfig ?? "";
    const all = [...args, "--namespace", this.namespace, "--kubeconfig", kubeconfig];
    return (await succeed(helm(all, JSON.stringify(values)))).stdout;
  }

  install(release: string, values: object): Promise<string> {
    const chart = join(projectRoot, "charts/postgres");
    return this.helm(
      ["install", release, chart, "--values", "-", "--wait", "--timeout", "300s"],
      values,
    );
  }

  upgrade(release: string, values: object): Promise<string> {
    const chart = join(projectRoot, "charts/postgres");
    return this.helm(
      ["upgrade", release, chart, "--values", "-", "--wait", "--timeout", "300s"],
      values,
    );
  }

  /** What a statement answers, as its keeper, over the socket. */
  sql(release: string, statement: string): Promise<string> {
    const psql = ["psql", "-U", "postgres", "-d", "registry", "-XAt", "-v", "ON_ERROR_STOP=1"];
    return this.kubectl("exec", `${release}-0`, "-c", "postgres", "--", ...psql, "-c", statement);
  }

  pgbackrest(...args: string[]): Promise<string> {
    return this.kubectl("exec", "postgres-0", "-c", "backup", "--", "pgbackrest", ...args);
  }

  /** Seconds until the pod, another one where `old` is given, takes writes again. */
  async recovery(release: string, since: number, old?: string): Promise<number> {
    await eventually(`${release} takes writes`, 300, async () => {
      const [pod] = await getObjects("-n", this.namespace, "pods", `${release}-0`);
      if (!pod || pod.metadata.uid === old) return false;
      return (await this.sql(release, "SELECT NOT pg_is_in_recovery()")) === "t";
    });
    return (Date.now() - since) / 1000;
  }

  /** What the exporter beside the server of a pod tells. */
  async exported(pod: string): Promise<string> {
    const { namespace } = this;
    const { kubeconfig, kubectl } = testTarget()!;
    const service = `${pod}-exporter`;
    await this.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: service, namespace },
      spec: { selector: { "statefulset.kubernetes.io/pod-name": pod }, ports: [{ port: 9187 }] },
    });
    const target = { kubeconfig, namespace, service, port: 9187 };
    return withPortForward(kubectl, target, async (url) => (await fetch(`${url}/metrics`)).text());
  }

  async pod(release: string): Promise<KubeObject> {
    const [pod] = await getObjects("-n", this.namespace, "pods", `${release}-0`);
    if (!pod) throw new Error(`no pod ${release}-0`);
    return pod;
  }

  /** Kills the server's first process, which only its host can. */
  async killServer(release: string): Promise<void> {
    const { uid } = (await this.pod(release)).metadata;
    const found = readdirSync("/proc").filter((id) => /^\d+$/.test(id) && isServer(id, uid));
    if (found.length !== 1) throw new Error(`${found.length} servers on this machine, expected 1`);
    process.kill(Number(found[0]), "SIGKILL");
  }

  /** Inserts rows one by one, as the application; ends when the server does, with those acknowledged. */
  writer(release: string): { acknowledged: number[]; ended: Promise<void> } {
    const { kubeconfig, kubectl: path } = testTarget()!;
    const script = `PGPASSWORD="$(cat /etc/mcp-mesh/application/password)"; export PGPASSWORD
      i=0; while true; do i=$((i+1)); echo "INSERT INTO acknowledged VALUES ($i) RETURNING n;"; done |
      psql -h 127.0.0.1 -U registry -d registry -XAtq -v ON_ERROR_STOP=1`;
    const exec = ["exec", `${release}-0`, "-c", "postgres", "--", "sh", "-c", script];
    const all = ["--kubeconfig", kubeconfig, "--namespace", this.namespace, ...exec];
    const child = spawn(path, all, { stdio: ["ignore", "pipe", "ignore"] });
    const acknowledged: number[] = [];
    let rest = "";
    child.stdout.on("data", (data) => {
      const lines = `${rest}${data}`.split("\n");
      rest = lines.pop() ?? "";
      acknowledged.push(...lines.map(Number));
    });
    const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
    return { acknowledged, ended };
  }

  async remove(): Promise<void> {
    await kubectl(["delete", "namespace", this.namespace, "--wait=false"]);
  }
}

const LIST = { apiVersion: "v1", kind: "List" };

async function succeed<T extends { code: number; stderr: string }>(work: Promise<T>): Promise<T> {
  const outcome = await work;
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  return outcome;
}

/** Whether the process is the first one in a container of that pod, and PostgreSQL. */
function isServer(id: string, uid: string): boolean {
  try {
    const read = (file: string) => readFileSync(join("/proc", id, file), "utf8");
    const pod = uid.replaceAll("-", "[-_]");
    return (
      read("comm").trim() === "postgres" &&
      /^NSpid:.*\t1$/m.test(read("status")) &&
      new RegExp(pod).test(read("cgroup"))
    );
  } catch {
    return false; // It has just ended.
  }
}
