import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUSYBOX_IMAGE } from "#local/cluster/images";
import { helmPath, kubectlPath } from "#local/engine/helm";
import { localKubeconfig, projectRoot, script } from "#local/setup/environment";
import { benchObjects } from "#test/bench/engine/objects";
import { type Contender, compare } from "#test/bench/measure";
import { run } from "#test/support/project";

const namespace = "engine-bench";
const rounds = 5;

/**
 * The local engine against helm, and against the Pulumi CLI where one is on the PATH: the same 30
 * objects created and waited for, and previewed again with nothing to change.
 */
export async function benchEngine(): Promise<void> {
  const kubeconfig = process.env.KUBECONFIG ?? localKubeconfig;
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-bench-"));
  const kubectl = await kubectlPath();
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  try {
    const fresh = async () => {
      const kubectlEnv = { env };
      await run(kubectl, ["delete", "namespace", namespace, "--ignore-not-found"], kubectlEnv);
      await run(kubectl, ["create", "namespace", namespace], kubectlEnv);
    };
    const engines = [program("local engine", join(folder, "local"), env, localEngine)];
    if ((await run("pulumi", ["version"], { env })).code === 0) {
      engines.push(program("Pulumi CLI", join(folder, "cli"), env, (args) => ["pulumi", args]));
    }
    const chart = writeChart(join(folder, "chart"));
    const install = ["install", "bench", chart, "--namespace", namespace, "--wait"];
    const helm: Contender = {
      name: "helm install --wait",
      before: fresh,
      command: await helmPath(),
      args: install,
      env,
    };

    const up = ["up", "--yes", "--skip-preview", "--stack", "bench"];
    const creators = engines.map((engine) => ({
      ...engine.contender("up", up),
      before: async () => {
        await engine.forget();
        await fresh();
      },
    }));
    await compare("create 30 objects and wait until they are ready", rounds, [helm, ...creators]);

    const pack = ["--policy-pack", join(projectRoot, "policy")];
    const preview = ["preview", "--stack", "bench", "--expect-no-changes"];
    for (const engine of engines) {
      await engine.forget();
      await fresh();
      const made = await engine.run(up);
      if (made.code !== 0) throw new Error(made.text);
      // The next engine adopts nothing: it gets a namespace of its own making.
      await compare(`preview with nothing to change: ${engine.name}`, rounds, [
        engine.contender("no policy pack", preview),
        engine.contender("with the policy pack", [...preview, ...pack]),
      ]);
    }
  } finally {
    await run(kubectl, ["delete", "namespace", namespace, "--ignore-not-found"], { env });
    rmSync(folder, { recursive: true, force: true });
  }
}

const localEngine = (args: string[]) => script("local/engine/main.ts", ...args);

/** The benchmark's program in a folder and with a backend of its own. */
function program(
  name: string,
  folder: string,
  base: NodeJS.ProcessEnv,
  command: (args: string[]) => [string, string[]],
) {
  const source = join(projectRoot, "test", "bench", "engine");
  mkdirSync(join(folder, "test", "bench"), { recursive: true });
  mkdirSync(join(folder, "state"));
  cpSync(source, join(folder, "test", "bench", "engine"), { recursive: true });
  cpSync(join(projectRoot, "package.json"), join(folder, "package.json"));
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  const cwd = join(folder, "test", "bench", "engine");
  writeFileSync(
    join(cwd, "Pulumi.bench.yaml"),
    `config:\n  engine-bench:namespace: ${namespace}\n  engine-bench:image: ${BUSYBOX_IMAGE}\n`,
  );
  const env = { ...base, PULUMI_BACKEND_URL: `file://${join(folder, "state")}` };
  const start = (args: string[]) => {
    const [file, fileArgs] = command(args);
    return { command: file, args: fileArgs, cwd, env };
  };
  return {
    name,
    contender: (what: string, args: string[]): Contender => ({
      name: `${name}, ${what}`,
      ...start(args),
    }),
    run: (args: string[]) => run(start(args).command, start(args).args, { cwd, env }),
    /** Drops the stack's state, as if it had never been deployed. */
    forget: async () => {
      rmSync(join(folder, "state"), { recursive: true });
      mkdirSync(join(folder, "state"));
      await run(start(["stack", "init", "bench"]).command, start(["stack", "init", "bench"]).args, {
        cwd,
        env,
      });
    },
  };
}

/** The same objects as a chart. */
function writeChart(folder: string): string {
  mkdirSync(join(folder, "templates"), { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: bench\nversion: 0.1.0\n");
  const objects = benchObjects(namespace, BUSYBOX_IMAGE);
  writeFileSync(
    join(folder, "templates", "all.yaml"),
    objects.map((object) => JSON.stringify(object)).join("\n---\n"),
  );
  return folder;
}
