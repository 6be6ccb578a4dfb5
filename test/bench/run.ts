/** `npm run bench -- NAME [ROUNDS]`: one benchmark, as ratios of things measured side by side. */
import { benchDeploy } from "#test/bench/deploy";
import { benchEngine } from "#test/bench/engine";
import { benchObservability } from "#test/bench/observability";
import { benchPolicy } from "#test/bench/policy";
import { benchPreviews } from "#test/bench/preview";

const benchmarks: Record<string, { what: string; run: (rounds: number) => Promise<void> }> = {
  engine: {
    what: "the local engine against helm and the Pulumi CLI (needs a running cluster)",
    run: benchEngine,
  },
  deploy: {
    what: "the dev stack by helm, kubectl and `up`, and previews (on a cluster of its own)",
    run: benchDeploy,
  },
  preview: {
    what: "previews of 100, 1,000 and 5,000 objects (needs a running cluster)",
    run: benchPreviews,
  },
  policy: {
    what: "the policy pack and `policy check`, alone and against other checkers",
    run: benchPolicy,
  },
  observability: {
    what: "what monitoring costs, at 100 and at 1,000 agents (about four minutes)",
    run: benchObservability,
  },
};

const [name, given = "5"] = process.argv.slice(2);
const chosen = name === undefined ? undefined : benchmarks[name];
if (chosen && /^[1-9]\d*$/.test(given)) await chosen.run(Number(given));
else {
  process.stdout.write("Usage: npm run bench -- NAME [ROUNDS]\n\n");
  for (const [key, { what }] of Object.entries(benchmarks)) {
    process.stdout.write(`  ${key.padEnd(15)}${what}\n`);
  }
  process.exitCode = name === undefined || name === "--help" ? 0 : 2;
}
