import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isCollection, parse, parseDocument } from "yaml";
import { UserError } from "#local/engine/errors";
import { kubeconfigEnvironment, script } from "#local/setup/environment";

/** The configuration of one stack of a Pulumi program, in its folder. */
export class StackFile {
  readonly stack: string;
  private readonly folder: string;
  private readonly path: string;

  constructor(folder: string, stack: string) {
    this.stack = stack;
    this.folder = folder;
    this.path = join(folder, `Pulumi.${stack}.yaml`);
  }

  /** What stands at the path below `config`, as JSON; undefined if nothing does. */
  read(...path: string[]): unknown {
    const found = this.document().getIn(["config", ...path]);
    return isCollection(found) ? found.toJSON() : found;
  }

  /** The name of the program, which its keys begin with. */
  get project(): string {
    return parse(readFileSync(join(this.folder, "Pulumi.yaml"), "utf8")).name;
  }

  /** Changes one value; comments and all else stay as they are. */
  write(path: readonly string[], value: unknown): void {
    const document = this.document();
    document.setIn(["config", ...path], value);
    writeFileSync(this.path, document.toString({ lineWidth: 0 }));
  }

  private document(): Document {
    if (existsSync(this.path)) return parseDocument(readFileSync(this.path, "utf8"));
    throw new UserError(`there is no ${this.path}.`);
  }

  /** Brings the stack up; rejects with the program's words if it fails. */
  async up(): Promise<void> {
    await this.pulumi("up", "--yes", "--skip-preview");
  }

  /** An output of the stack as it was last brought up; undefined if it has none of this name. */
  async output(name: string): Promise<unknown> {
    return JSON.parse(await this.pulumi("stack", "output", "--json"))[name];
  }

  private pulumi(...args: string[]): Promise<string> {
    const [command, all] = script("local/setup/pulumi.ts", ...args, "-s", this.stack);
    const env = kubeconfigEnvironment(process.env);
    return new Promise((resolve, reject) => {
      const options = { cwd: this.folder, env, maxBuffer: 64 << 20 };
      execFile(command, all, options, (error, stdout, stderr) => {
        if (error) reject(new UserError(`${this.stack}: ${(stderr + stdout).trim()}`));
        else resolve(stdout);
      });
    });
  }
}
