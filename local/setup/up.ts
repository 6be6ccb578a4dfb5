/** `npm run up`: from a bare machine to a stack that answered an MCP call. */
import { execFile, spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { helmPath, kubectlPath } from "#local/engine/helm";
import { addresses, proveCall, stackOutputs } from "#local/setup/deployed";
import { localKubeconfig, projectRoot, script } from "#local/setup/environment";
import { Steps } from "#local/setup/steps";

const help = `Usage: npm run up [-- OPTIONS]

Sets this machine up (only what is missing), starts a three-node Kubernetes on it, builds the
images, deploys the stack under the policy pack, and proves it with one MCP call.

  --stack NAME     the stack to deploy: dev (default), staging or prod
  --context NAME   use a cluster you have, by the name of its kubeconfig context, instead of the
                   local one; its nodes must be able to pull the stack's images
  --help           this text
`;

/** Runs the engine on this terminal, and ends this command if the engine refuses or fails. */
function engine(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const [command, commandArgs] = script("local/setup/pulumi.ts", ...args);
    const child = spawn(command, commandArgs, { cwd: projectRoot, stdio: "inherit", env });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => child.kill(signal));
    }
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else process.exit(code ?? 1);
    });
  });
}

/** The local cluster with the images in it; each part is skipped by itself if it stands already. */
async function localCluster(steps: Steps): Promise<void> {
  // Imported here, so that `--context` and `--help` need nothing of it.
  const { checkMachine, ensurePackages } = await import("#local/cluster/prerequisites");
  const { ensureBinaries } = await import("#local/cluster/binaries");
  const { up } = await import("#local/cluster/cluster");
  const { defaultCluster } = await import("#local/cluster/spec");
  const { buildAndPush, buildImages } = await import("#local/images/build");
  await checkMachine();
  await steps.run("System packages", (progress) => ensurePackages(progress));
  // Mostly the one computes while the others wait for the network.
  await Promise.all([
    steps.run("Kubernetes, built from source", ensureBinaries),
    steps.run("Container images", buildImages),
    helmPath(),
  ]);
  await steps.run("The local cluster", (progress) => up(defaultCluster, progress));
  await steps.run("Images to the cluster's registry", (progress) =>
    buildAndPush({ registry: defaultCluster.registry, progress }),
  );
}

/** Opens the dashboard on this machine, for as long as the local cluster runs. */
async function opener(stack: string): Promise<string> {
  const { defaultCluster } = await import("#local/cluster/spec");
  const { openBeside } = await import("#local/setup/open-beside");
  return openBeside(defaultCluster, stack);
}

/** Ends an `up` on a cluster that is not there before anything is written. */
async function reach(kubectl: string, context: string, env: NodeJS.ProcessEnv): Promise<void> {
  const ask = ["--context", context, "--request-timeout=15s", "get", "--raw", "/readyz"];
  await promisify(execFile)(kubectl, ask, { env }).catch((error: { stderr: string }) => {
    throw new Error(
      `the context ${context} of ${env.KUBECONFIG} can't be used: ${error.stderr.trim()}. ` +
        "`kubectl config get-contexts` lists those there are",
    );
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stack: { type: "string", default: "dev" },
      context: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const { stack, context } = values;
  const steps = new Steps();
  if (context === undefined) await localCluster(steps);
  const kubeconfig =
    context === undefined
      ? localKubeconfig
      : (process.env.KUBECONFIG ?? join(homedir(), ".kube", "config"));
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const kubectl = await kubectlPath();
  if (context !== undefined) await reach(kubectl, context, env);

  steps.say(`The stack ${stack} …`);
  await engine(["stack", "select", "--create", stack], env);
  const up = ["up", "--yes", "--skip-preview", "--stack", stack];
  const policy = ["--policy-pack", "policy", "--policy-pack-config", `policy/config.${stack}.json`];
  // Written to the stack's file, so that every later command uses the same cluster.
  if (context !== undefined) await engine(["config", "set", "context", context, "-s", stack], env);
  await engine([...up, ...policy], env);

  const target = { kubeconfig, context, kubectl, outputs: await stackOutputs(stack) };
  const answer = await steps.run("An MCP call through the mesh", () => proveCall(target));
  const opened = context === undefined && target.outputs.dashboardUrl && (await opener(stack));
  process.stdout.write(`\n${answer}\n\n${addresses(target, opened || undefined)}\n`);
  steps.say("Ready.");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
