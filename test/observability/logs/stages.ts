import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "#local/cluster/system";
import { hashOf } from "#local/images/cache";
import { cacheHome, projectRoot } from "#local/setup/environment";
import { alloyConfiguration, PROCESS } from "#observability/logs/alloy";
import { run } from "#test/support/project";

const MODULE = join("test", "observability", "logs", "stages");

/** A line of a container's log, with the labels that discovery gives it. */
export interface Line {
  line: string;
  labels: Record<string, string>;
}

/** What is sent to Loki. */
export interface Entry extends Line {
  metadata?: Record<string, string>;
}

/**
 * Compiles Alloy's own stages, once, and gives the program. Rejects with an error named Unobtainable
 * where there is no Go, or the modules can't be had.
 */
export async function compileStages(): Promise<string> {
  const files = ["go.mod", "go.sum", "main.go"].map((file) => join(MODULE, file));
  const folder = join(cacheHome(), `alloy-stages-${hashOf([process.arch], files)}`);
  const program = join(folder, "stages");
  await withLock(
    "alloy stages",
    () => {},
    async () => {
      if (existsSync(program)) return;
      mkdirSync(folder, { recursive: true });
      const unfinished = `${program}.new`;
      const env = { ...process.env, GOTOOLCHAIN: "local", GOWORK: "off" };
      const cwd = join(projectRoot, MODULE);
      const build = ["build", "-buildvcs=false", "-o", unfinished, "."];
      const built = await run("go", build, { cwd, env, timeout: 900_000 });
      if (built.code === 0) return renameSync(unfinished, program);
      const error = new Error(`Alloy's stages can't be compiled: ${built.text.slice(-500)}`);
      if (/dial tcp|not available|no such host|ENOENT/.test(built.text))
        error.name = "Unobtainable";
      throw error;
    },
  );
  return program;
}

/** What Alloy makes of lines, by the configuration that a stack would give it. */
export async function digest(program: string, lines: readonly Line[]): Promise<Entry[]> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-logs-"));
  try {
    const path = join(folder, "config.alloy");
    const login = { username: "mesh", passwordFile: "/etc/loki/password" };
    writeFileSync(path, alloyConfiguration("mcp-mesh", { url: "http://loki:3100", login }));
    const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const { code, stdout, stderr } = await run(program, [path, PROCESS], { input });
    if (code !== 0) throw new Error(stderr);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((text) => JSON.parse(text) as Entry);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
