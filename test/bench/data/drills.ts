import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { publish, table } from "#test/bench/data/report";
import { median } from "#test/bench/measure";
import type { Figure } from "#test/data/drill";

const DRILLS = ["postgres", "full-disk", "corruption", "lost-archive", "timelines"];
/** They take minutes, and each one's figures stand for themselves. */
const MOST = 3;

/** Runs the drills as the tests do, and tables what each of them measured. */
export async function benchDrills(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-drills-"));
  const file = join(folder, "figures");
  const runs = Math.min(rounds, MOST);
  try {
    for (let round = 0; round < runs; round++) await drill(file);
    const figures = readFileSync(file, "utf8").trim().split("\n");
    publish("drills", tabled(figures.map((line) => JSON.parse(line))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tabled(figures: Figure[]): string[] {
  const drills = Map.groupBy(figures, ({ drill }) => drill);
  const shown = (values: number[]) => {
    const middle = median(values).toFixed(1);
    const [low, high] = [Math.min(...values).toFixed(1), Math.max(...values).toFixed(1)];
    return values.length > 1 && low !== high ? `${middle} (${low} to ${high})` : middle;
  };
  const rows = [...drills].map(([drill, found]) => [
    drill,
    shown(found.map(({ rto }) => rto)),
    shown(found.map(({ rpo }) => rpo)),
    `${found.length}`,
  ]);
  return table(["drill", "RTO, s", "RPO, s", "runs"], rows);
}

function drill(file: string): Promise<void> {
  const mocha = join(projectRoot, "node_modules/mocha/bin/mocha.js");
  const tests = DRILLS.map((name) => `test/data/${name}.test.ts`);
  const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", mocha, "--timeout", "600000"];
  const env = { ...process.env, MCP_MESH_FIGURES: file };
  const child = spawn(process.execPath, [...flags, ...tests], {
    cwd: projectRoot,
    env,
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error("a drill failed (see above); its figures are not written"));
    });
  });
}
