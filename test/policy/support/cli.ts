import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const cli = join(import.meta.dirname, "..", "..", "..", "policy", "cli.ts");

/** Runs the checker as people do, in a folder with these files. */
export class CliFolder {
  readonly path = mkdtempSync(join(tmpdir(), "policy-cli-"));

  constructor(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  run(args: string[], input = "") {
    const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", cli];
    const maxBuffer = 100_000_000;
    const options = { cwd: this.path, input, encoding: "utf8", maxBuffer } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], options);
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
