/** `npm run bench -- NAME [PART…] [ROUNDS]`: one benchmark, as ratios of things measured side by side. */
import { agentParts, benchAgents } from "#test/bench/agents/index";
import { benchData, dataParts } from "#test/bench/data/index";
import { benchDeploy } from "#test/bench/deploy";
import { benchEngine } from "#test/bench/engine";
import { benchObservability } from "#test/bench/observability";
import { benchPolicy } from "#test/bench/policy";
import { benchPreviews } from "#test/bench/preview";

interface Benchmark {
  what: string;
  /** What can be chosen of it, and what each is. */
  parts?: Record<string, string>;
  run: (rounds: number, parts: string[]) => Promise<void>;
}

const benchmarks: Record<string, Benchmark> = {
  agents: {
    what: "what the mesh costs a call, and what calls live through (some parts need a cluster)",
    parts: agentParts,
    run: benchAgents,
  },
  data: {
    what: "RTO and RPO of the drills, backups and restores, the cost of archiving (half an hour)",
    parts: dataParts,
    run: benchData,
  },
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

const [name, ...rest] = process.argv.slice(2);
const chosen = name === undefined ? undefined : benchmarks[name];
const [given = "5"] = rest.filter((word) => /^[1-9]\d*$/.test(word));
const parts = rest.filter((word) => word !== given);
if (chosen && parts.every((part) => part in (chosen.parts ?? {}))) {
  await chosen.run(Number(given), parts);
} else {
  process.stdout.write("Usage: npm run bench -- NAME [PART…] [ROUNDS]\n\n");
  for (const [key, { what, parts: own = {} }] of Object.entries(benchmarks)) {
    process.stdout.write(`  ${key.padEnd(15)}${what}\n`);
    for (const [part, is] of Object.entries(own)) {
      process.stdout.write(`  ${"".padEnd(15)}  ${part.padEnd(10)}${is}\n`);
    }
  }
  process.exitCode = rest.includes("--help") || name === undefined || name === "--help" ? 0 : 2;
}
