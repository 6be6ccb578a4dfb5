/** `npm run bench -- NAME`: one benchmark, as ratios of things measured side by side in one run. */
import { benchEngine } from "#test/bench/engine";

const benchmarks: Record<string, { what: string; run: () => Promise<void> }> = {
  engine: {
    what: "the local engine against helm and the Pulumi CLI (needs a running cluster)",
    run: benchEngine,
  },
};

const [name] = process.argv.slice(2);
const chosen = name === undefined ? undefined : benchmarks[name];
if (chosen) await chosen.run();
else {
  process.stdout.write("Usage: npm run bench -- NAME\n\n");
  for (const [key, { what }] of Object.entries(benchmarks)) {
    process.stdout.write(`  ${key.padEnd(10)}${what}\n`);
  }
  process.exitCode = name === undefined || name === "--help" ? 0 : 2;
}
