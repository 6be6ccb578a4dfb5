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
import { parse, stringify } from "yaml";
import { projectRoot, script } from "#local/setup/environment";
import { type Outcome, run } from "#test/support/project";

/** The regions' stacks of one backend, and the global stack. */
export class Backend {
  readonly dir = mkdtempSync(join(tmpdir(), "mcp-mesh-regions-"));
  readonly env: Record<string, string>;

  constructor() {
    for (const part of ["package.json", "config", "regions"]) {
      cpSync(join(projectRoot, part), join(this.dir, part), { recursive: true });
    }
    cpSync(join(import.meta.dirname, "program"), join(this.dir, "mesh"), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules"), join(this.dir, "node_modules"));
    mkdirSync(join(this.dir, "state"));
    this.env = {
      PULUMI_BACKEND_URL: `file://${join(this.dir, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      KUBECONFIG: join(this.dir, "no-cluster"),
      MCP_MESH_ENGINE: "local",
    };
  }

  /** Writes part of a stack's configuration. */
  set(project: string, stack: string, settings: Record<string, unknown>): void {
    const file = join(this.dir, project, `Pulumi.${stack}.yaml`);
    const now = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
    writeFileSync(file, stringify({ ...now, config: { ...now.config, ...settings } }));
  }

  pulumi(project: string, ...args: string[]): Promise<Outcome> {
    const [command, all] = script("local/engine/main.ts", ...args);
    return run(command, all, {
      cwd: join(this.dir, project),
      env: { ...process.env, ...this.env },
    });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
