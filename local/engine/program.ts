import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { UserError } from "#local/engine/errors";
import { type Config, type Project, packOptions } from "#local/engine/project";

/** What the program and the policy packs are told about the run. */
export interface RunInfo {
  project: Project;
  stack: string;
  preview: boolean;
  parallel: number;
  config: Config;
}

/** A child process of ours that ends with us. */
export type Running = ReturnType<typeof watch>;

/** The program has already told the user why it failed. */
export const ALREADY_TOLD = 32;

/** The configuration as the SDK reads it from the environment. */
function configEnv(config: Config, infix: string): Record<string, string> {
  const entries = [...config].map(([key, { text }]) => [key.replace(":", infix), text]);
  const secretKeys = [...config].filter(([, { secret }]) => secret).map(([key]) => key);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(entries)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
  };
}

/**
 * Keeps the SDK's runner from mapping each frame of each stack trace (it takes one for every
 * resource and promise) back to sources. Types that Node strips leave every position as it was, and
 * without the maps the program needs a fifth less time.
 */
const PLAIN_STACKS = `data:text/javascript,let f;Object.defineProperty(Error,"prepareStackTrace",{get:()=>f,set:(g)=>{if(!/wrapCallSite/.test(g))f=g}})`;

const OWN_HOST = join(import.meta.dirname, "pack-host.ts");
const NO_TYPE_WARNING = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON";

/** Starts the program under the SDK's own runner, talking to the engine at `address`. */
export function startProgram(
  run: RunInfo,
  address: string,
  say: (line: string, isError: boolean) => void,
): Running {
  const { project, stack } = run;
  const { typescript = true, nodeargs = "", tsconfig } = project.runtimeOptions;
  const stripped = typescript === false && /\.m?ts$/.test(project.main ?? "");
  const args = [
    ...(stripped ? ["--import", PLAIN_STACKS] : []),
    ...String(nodeargs).split(/\s+/).filter(Boolean),
    resolveFrom(project.root, "@pulumi/pulumi/cmd/run"),
    ...["--monitor", address, "--engine", address, "--organization", "organization"],
    ...["--project", project.name, "--stack", stack, "--root-directory", project.root],
    ...["--pwd", project.root, "--parallel", String(run.parallel)],
    ...(run.preview ? ["--dry-run"] : []),
    project.main ?? ".",
  ];
  const env = {
    ...process.env,
    ...configEnv(run.config, ":config:"),
    PULUMI_NODEJS_TYPESCRIPT: String(typescript),
    ...(tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: String(tsconfig) }),
  };
  const child = spawn(process.execPath, args, {
    cwd: project.root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return watch(child, say);
}

/**
 * Starts a policy pack under the SDK's own policy host, or under the engine's, which is faster, if
 * PulumiPolicy.yaml names a module with the policies. Its port is the first line it prints.
 */
export function startPack(
  run: RunInfo,
  address: string,
  folder: string,
  say: (line: string, isError: boolean) => void,
): { running: Running; port: Promise<number> } {
  const { policies } = packOptions(folder);
  const host =
    typeof policies === "string"
      ? [NO_TYPE_WARNING, OWN_HOST, join(folder, policies)]
      : [resolveFrom(folder, "@pulumi/pulumi/cmd/run-policy-pack"), address, folder];
  // The pack is a server that would wait for its next caller for ever: it ends when its stdin does,
  // and so also with an engine that was killed.
  const endWithUs = 'data:text/javascript,process.stdin.resume().on("close",()=>process.exit())';
  const child = spawn(process.execPath, ["--import", endWithUs, ...host], {
    cwd: folder,
    env: {
      ...process.env,
      ...configEnv(run.config, ":"),
      PULUMI_NODEJS_ORGANIZATION: "organization",
      PULUMI_NODEJS_PROJECT: run.project.name,
      PULUMI_NODEJS_STACK: run.stack,
      PULUMI_NODEJS_DRY_RUN: String(run.preview),
      PULUMI_NODEJS_TYPESCRIPT: "true",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { promise: port, resolve, reject } = Promise.withResolvers<number>();
  const running = watch(child, (line, isError) => {
    if (!isError && /^\d+$/.test(line)) resolve(Number(line));
    else say(line, isError);
  });
  running.exited.then((code) =>
    reject(new UserError(`the policy pack in ${folder} ended while loading (exit code ${code})`)),
  );
  port.catch(() => undefined);
  return { running, port };
}

function watch(
  child: ChildProcessByStdio<Writable | null, Readable, Readable>,
  say: (line: string, isError: boolean) => void,
) {
  const read = [child.stdout, child.stderr].map((input) => {
    const lines = createInterface({ input });
    lines.on("line", (line) => say(line, input === child.stderr));
    return new Promise<void>((resolve) => lines.on("close", resolve));
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
  const stop = () => void child.kill("SIGTERM");
  process.once("exit", stop);
  /** Its exit code; 1 if a signal ended it. */
  const exited = Promise.all([ended, ...read]).then(([code]) => code);
  exited.catch(() => undefined).finally(() => process.off("exit", stop));
  return { exited, stop };
}

function resolveFrom(folder: string, module: string): string {
  try {
    return createRequire(join(folder, "package.json")).resolve(module);
  } catch {
    throw new UserError(`${folder} has no @pulumi/pulumi installed; run \`npm install\` there`);
  }
}
