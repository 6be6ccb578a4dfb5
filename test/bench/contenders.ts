import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { helmPath, kubectlPath } from "#local/engine/helm";
import { localKubeconfig, projectRoot, script } from "#local/setup/environment";
import { type Command, timed } from "#test/bench/measure";
import type { BenchObject } from "#test/bench/objects";
import { run } from "#test/support/project";

/** The tools on the cluster that KUBECONFIG names, the local one if it names none. */
export interface Bench {
  env: NodeJS.ProcessEnv;
  helm: string;
  kubectl: string;
}

export async function openBench(): Promise<Bench> {
  const env = {
    ...process.env,
    KUBECONFIG: process.env.KUBECONFIG ?? localKubeconfig,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return { env, helm: await helmPath(), kubectl: await kubectlPath() };
}

/** Runs kubectl; throws what it says if it fails. */
export async function kubectl({ env, kubectl: command }: Bench, ...args: string[]): Promise<void> {
  await timed(`kubectl ${args[0]}`, [{ command, args, env }]);
}

/** The same objects for helm and kubectl. */
export class Manifests {
  private readonly bench: Bench;
  private readonly folder: string;
  readonly chart: string;
  readonly file: string;
  private readonly objects: BenchObject[];

  constructor(bench: Bench, folder: string, objects: BenchObject[]) {
    this.bench = bench;
    this.folder = folder;
    this.objects = objects;
    this.chart = join(folder, "chart");
    this.file = join(folder, "objects.yaml");
    mkdirSync(join(this.chart, "templates"), { recursive: true });
    const metadata = "apiVersion: v2\nname: bench\nversion: 0.1.0\n";
    writeFileSync(join(this.chart, "Chart.yaml"), metadata);
    // A stream of YAML documents to whoever looks at its first characters.
    const documents = objects.map((object) => `---\n${JSON.stringify(object)}\n`);
    writeFileSync(this.file, documents.join(""));
    // Read as they are: what they hold is no template. Helm takes no file of more than 5 MiB.
    for (let first = 0; first < documents.length; first += 1000) {
      const part = documents.slice(first, first + 1000).join("");
      writeFileSync(join(this.chart, `objects-${first}.yaml`), part);
    }
    const all =
      '{{ range $path, $_ := .Files.Glob "objects-*.yaml" }}{{ $.Files.Get $path }}{{ end }}';
    writeFileSync(join(this.chart, "templates", "all.yaml"), `${all}\n`);
  }

  /** `helm upgrade --install --wait`, in a namespace that is always there. */
  helmUpgrade(): Command[] {
    const flags = ["--install", "--namespace", "default", "--wait", "--wait-for-jobs"];
    const { helm: command, env } = this.bench;
    return [{ command, env, args: ["upgrade", "bench", this.chart, ...flags] }];
  }

  helmUninstall(): Promise<unknown> {
    const args = ["uninstall", "bench", "--namespace", "default", "--ignore-not-found"];
    return run(this.bench.helm, args, { env: this.bench.env });
  }

  /** `kubectl apply --server-side`, and then a wait for all that has to become ready. */
  kubectlApply(): Command[] {
    const { kubectl: command, env } = this.bench;
    const start = (...args: string[]) => ({ command, env, args });
    const titles = (kinds: RegExp, namespace: string) =>
      this.objects
        .filter((object) => kinds.test(object.kind) && object.metadata.namespace === namespace)
        .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
    const namespaces = new Set(this.objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    // One process each: kubectl's own start would be most of the time otherwise.
    const waits = [...namespaces].flatMap((namespace) => {
      const rollouts = titles(/^(Deployment|StatefulSet|DaemonSet)$/, namespace);
      const jobs = titles(/^Job$/, namespace);
      const complete = ["wait", "--for=condition=complete", "--timeout=300s"];
      return [
        ...(rollouts.length > 0 ? [start("rollout", "status", "-n", namespace, ...rollouts)] : []),
        ...(jobs.length > 0 ? [start(...complete, "-n", namespace, ...jobs)] : []),
      ];
    });
    return [start("apply", "--server-side", "--force-conflicts", "-f", this.file), ...waits];
  }

  /** Deletes every object and waits until it is gone, whoever made it. */
  async delete(): Promise<void> {
    await kubectl(this.bench, "delete", "--ignore-not-found", "-f", this.file);
  }

  remove = () => rmSync(this.folder, { recursive: true, force: true });
}

/** A program that registers objects or a chart, with a state of its own, on one of the engines. */
export class Program {
  readonly name: string;
  private readonly engine: (args: string[]) => [string, string[]];
  private readonly folder: string;
  private readonly state: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(bench: Bench, folder: string, config: Record<string, string>, cli = false) {
    this.name = cli ? "Pulumi CLI" : "local engine";
    this.engine = cli
      ? (args) => ["pulumi", args]
      : (args) => script("local/engine/main.ts", ...args);
    this.folder = join(folder, "test", "bench", "program");
    this.state = join(folder, "state");
    mkdirSync(this.state, { recursive: true });
    cpSync(join(projectRoot, "test", "bench", "program"), this.folder, { recursive: true });
    cpSync(join(projectRoot, "package.json"), join(folder, "package.json"));
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    const lines = Object.entries(config).map(([key, value]) => `  bench:${key}: ${value}\n`);
    writeFileSync(join(this.folder, "Pulumi.bench.yaml"), `config:\n${lines.join("")}`);
    this.env = { ...bench.env, PULUMI_BACKEND_URL: `file://${this.state}` };
  }

  command(...args: string[]): Command {
    const [command, all] = this.engine([...args, "--stack", "bench"]);
    return { command, args: all, cwd: this.folder, env: this.env };
  }

  /** Drops the stack's state, as if it had never been deployed. */
  async forget(): Promise<void> {
    rmSync(this.state, { recursive: true });
    mkdirSync(this.state);
    await timed("stack init", [this.command("stack", "init")]);
  }
}
