import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectl, Manifests, openBench, Program } from "#test/bench/contenders";
import { median, say, timed } from "#test/bench/measure";
import { manyObjects } from "#test/bench/objects";

const namespace = "preview-bench";
const SIZES = [100, 1000, 5000];
/** Seconds that a preview of so many new objects may take. */
const TARGET = { objects: 1000, seconds: 20 };

/**
 * How long a preview of new objects takes, by their number: registered one by one by the program,
 * and rendered from a chart. Linear means that an object costs the same in a large stack.
 */
export async function benchPreviews(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-bench-"));
  const bench = await openBench();
  try {
    await kubectl(bench, "create", "namespace", namespace);
    for (const source of ["program", "chart"] as const) {
      say(`\npreview of new objects from a ${source} (median of ${rounds} rounds)`);
      const found: { count: number; seconds: number }[] = [];
      for (const count of SIZES) {
        const home = join(folder, `${source}-${count}`);
        const objects = manyObjects(count, namespace);
        const { chart } = new Manifests(bench, join(home, "manifests"), objects);
        const file = join(home, "objects.json");
        writeFileSync(file, JSON.stringify(objects));
        const config: Record<string, string> =
          source === "chart" ? { chart, namespace } : { objects: file };
        const program = new Program(bench, home, config);
        await program.forget();
        const times: number[] = [];
        for (let round = 0; round < rounds; round++) {
          times.push(await timed("preview", [program.command("preview", "--json")]));
        }
        const seconds = median(times);
        found.push({ count, seconds });
        const each = ((seconds / count) * 1000).toFixed(1);
        say(
          `  ${String(count).padStart(5)} objects${seconds.toFixed(2).padStart(9)} s${each.padStart(8)} ms each`,
        );
      }
      conclude(found);
    }
  } finally {
    await kubectl(bench, "delete", "namespace", namespace, "--ignore-not-found");
    rmSync(folder, { recursive: true, force: true });
  }
}

function conclude(found: { count: number; seconds: number }[]): void {
  const steps = found.slice(1).map((one, index) => {
    const before = found[index] ?? one;
    return (one.seconds - before.seconds) / (one.count - before.count);
  });
  // What one more object costs, among many and among few.
  const [few = Number.NaN, many = Number.NaN] = steps;
  const growth = many / few;
  say(
    `  one more object: ${(few * 1000).toFixed(1)} ms among few, ${(many * 1000).toFixed(1)} ms among many`,
  );
  say(
    `  target: linear (at most × 1.3): × ${growth.toFixed(2)}, ${growth <= 1.3 ? "met" : "NOT met"}`,
  );
  const measured = found.find(({ count }) => count === TARGET.objects)?.seconds ?? Number.NaN;
  const verdict = measured < TARGET.seconds ? "met" : "NOT met";
  say(
    `  target: under ${TARGET.seconds} s at ${TARGET.objects}: ${measured.toFixed(1)} s, ${verdict}`,
  );
}
