import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot, script } from "#local/setup/environment";

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  /** Both streams, for assertions about what a person reads. */
  text: string;
}

/** Runs a command to its end; never throws for a non-zero exit. */
export function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeout?: number; input?: string } = {},
): Promise<Outcome> {
  const { input, ...rest } = options;
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { timeout: 300_000, maxBuffer: 64 << 20, ...rest },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
        resolve({ code, stdout, stderr, text: stdout + stderr });
      },
    );
    // A command may end without reading what it is given.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input ?? "");
  });
}

const parts = [
  "index.ts",
  "package.json",
  "config",
  "observability",
  "components",
  "charts",
  "agents",
  "policy",
  "regions",
];
const stacks = ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml"];

/** A copy of the program that a test may edit, with a state backend of its own. */
export class Project {
  readonly dir = mkdtempSync(join(tmpdir(), "mcp-mesh-project-"));
  readonly env: NodeJS.ProcessEnv;

  constructor(kubeconfig: string) {
    for (const part of [...parts, ...stacks, "images.lock.json"]) {
      const from = join(projectRoot, part);
      if (!existsSync(from)) continue;
      cpSync(from, join(this.dir, part), { recursive: true, verbatimSymlinks: true });
    }
    symlinkSync(join(projectRoot, "node_modules"), join(this.dir, "node_modules"));
    this.env = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      PULUMI_BACKEND_URL: `file://${join(this.dir, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    mkdirSync(join(this.dir, "state"));
  }

  /** Rewrites one file of the copy; a change that changes nothing is a mistake in the test. */
  edit(path: string, change: (text: string) => string): void {
    const file = join(this.dir, path);
    const before = readFileSync(file, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${path} changed nothing`);
    writeFileSync(file, after);
  }

  /** The command line of the local engine with these arguments, for tests that kill it. */
  command(...args: string[]): [string, string[]] {
    return script("local/engine/main.ts", ...args);
  }

  /** Runs the local engine in the copy. */
  pulumi(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const [command, commandArgs] = this.command(...args);
    return run(command, commandArgs, { cwd: this.dir, env: { ...this.env, ...env } });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
