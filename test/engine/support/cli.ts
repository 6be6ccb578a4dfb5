import { spawn } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const programs = join(root, "test/engine/programs");

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A copy of a test program with a backend of its own, and the engine's command line on it. */
export class Workspace {
  readonly folder: string;
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;

  private constructor(folder: string) {
    this.folder = folder;
    this.project = join(folder, "project");
    this.env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      XDG_STATE_HOME: join(folder, "home"),
    };
  }

  static async of(program: string): Promise<Workspace> {
    const folder = await mkdtemp(join(tmpdir(), "engine-"));
    const workspace = new Workspace(folder);
    await cp(join(programs, program), workspace.project, { recursive: true });
    await cp(join(programs, "pack"), join(folder, "pack"), { recursive: true });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return workspace;
  }

  /** Starts `pulumi ARGS` in the project. */
  start(args: string[], env: NodeJS.ProcessEnv = {}) {
    const main = join(root, "local/engine/main.ts");
    const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", main];
    return spawn(process.execPath, [...flags, ...args], {
      cwd: this.project,
      env: { ...this.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs `pulumi ARGS` to its end. */
  async run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    const child = this.start(args, env);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    const code = await new Promise<number | null>((done) => child.on("close", done));
    return { code, stdout, stderr };
  }

  remove = () => rm(this.folder, { recursive: true, force: true });
}
