/**
 * `npm test [-- SUITE…]`: sets the machine up, then runs every suite that it can run, and ends with
 * one line of counts. What it cannot run it names, with the reason, and counts as skipped.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { type Machine, prepareMachine, type TestCluster } from "#test/support/machine";

interface Suite {
  name: string;
  what: string;
  /** What must stand before it runs: nothing, the built binaries, or a running cluster. */
  needs: "node" | "machine" | "cluster";
  /** A command that counts as one test; without it, mocha runs `test/<name>`. */
  command?: string[];
  /** How many of its files run at once: each has a namespace of its own, and mostly waits. */
  lanes?: number;
}

const suites: Suite[] = [
  {
    name: "lint",
    what: "format and lint",
    needs: "node",
    command: ["biome", "check", "--error-on-warnings", "."],
  },
  { name: "types", what: "types of the program", needs: "node", command: ["tsc", "--noEmit"] },
  {
    name: "policy-types",
    what: "types of the policy pack",
    needs: "node",
    command: ["tsc", "--noEmit", "-p", "policy"],
  },
  { name: "unit", what: "configuration and components", needs: "node" },
  { name: "policy", what: "the rules and the policy pack", needs: "node" },
  { name: "charts", what: "the charts, rendered", needs: "node" },
  { name: "properties", what: "the charts, with random values", needs: "node" },
  { name: "contract", what: "the registry and the agents over the wire", needs: "machine" },
  {
    name: "conformance",
    what: "the official conformance suite against the reference agent",
    needs: "node",
  },
  { name: "images", what: "the container images", needs: "machine" },
  { name: "regions", what: "several regions with one writer", needs: "node" },
  { name: "engine", what: "the local engine on a real API server", needs: "cluster" },
  { name: "crds", what: "the objects of optional APIs, on a real API server", needs: "cluster" },
  {
    name: "admission",
    what: "the rules in the cluster, beside Kubernetes' own admission",
    needs: "cluster",
  },
  { name: "e2e", what: "the dev stack, end to end", needs: "cluster" },
  {
    name: "conformance-cluster",
    what: "the same suite through the Service and the session relay, and during updates",
    needs: "cluster",
  },
  { name: "agents", what: "calls and sessions through updates and losses", needs: "cluster" },
  {
    name: "release",
    what: "the umbrella chart: install, upgrade, rollback, zones",
    needs: "cluster",
  },
  {
    name: "data",
    what: "the database's data through kills and losses",
    needs: "cluster",
    lanes: 3,
  },
  { name: "observability", what: "rules, alerts and what is scraped", needs: "cluster" },
  { name: "gateway", what: "MCP through real proxies", needs: "cluster" },
  { name: "cluster", what: "the local cluster", needs: "machine" },
];

interface Counts {
  passes: number;
  failures: number;
  pending: number;
}

const started = Date.now();
const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
const say = (line: string) => process.stdout.write(`${line}\n`);

function runCommand(command: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const [file = "", ...args] = command;
    const child = spawn(file, args, {
      cwd: projectRoot,
      stdio: ["ignore", "inherit", "inherit"],
      env,
    });
    child.on("error", (error) => {
      say(`error: ${error.message}`);
      resolve(1);
    });
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

async function runSuite(suite: Suite, env: NodeJS.ProcessEnv): Promise<Counts> {
  const bin = (name: string) => join(projectRoot, "node_modules", ".bin", name);
  if (suite.command) {
    const [tool = "", ...args] = suite.command;
    const code = await runCommand([bin(tool), ...args], env);
    return { passes: code === 0 ? 1 : 0, failures: code === 0 ? 0 : 1, pending: 0 };
  }
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-results-"));
  const results = join(folder, "results.json");
  const code = await runCommand(
    [
      process.execPath,
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      join(projectRoot, "node_modules", "mocha", "bin", "mocha.js"),
      "--reporter",
      join(projectRoot, "test", "support", "reporter.cjs"),
      "--timeout",
      "60000",
      ...(suite.lanes ? ["--parallel", "--jobs", String(suite.lanes)] : []),
      `test/${suite.name}/**/*.test.ts`,
    ],
    { ...env, RESULTS_FILE: results },
  );
  // A run that died before its last test (a crash, a lost promise) has no results: one failure.
  const counts: Counts = existsSync(results)
    ? JSON.parse(readFileSync(results, "utf8"))
    : { passes: 0, failures: 1, pending: 0 };
  if (code !== 0 && counts.failures === 0) counts.failures = 1;
  rmSync(folder, { recursive: true });
  return counts;
}

async function main(): Promise<number> {
  const wanted = process.argv.slice(2);
  if (wanted.includes("--help") || wanted.includes("-h")) {
    say("Usage: npm test [-- SUITE…]\n\nSuites, in the order they run:");
    for (const suite of suites)
      say(`  ${suite.name.padEnd(20)}${suite.what} (needs: ${suite.needs})`);
    return 0;
  }
  const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    say(
      `error: no suite named ${unknown.join(", ")}; there are ${suites.map((s) => s.name).join(", ")}`,
    );
    return 2;
  }
  const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite.name));
  const total: Counts = { passes: 0, failures: 0, pending: 0 };
  const failed: string[] = [];

  // The long builds of the set-up run beside the suites that need Node alone.
  const needsMachine = chosen.some((suite) => suite.needs !== "node");
  const preparing: Promise<Machine | Error> | undefined = needsMachine
    ? prepareMachine((line) => say(`[set-up ${elapsed()}] ${line}`)).catch((error: Error) => error)
    : undefined;
  let cluster: TestCluster | Error | undefined;

  try {
    for (const suite of chosen) {
      const machine = suite.needs === "node" ? undefined : await preparing;
      if (suite.needs === "cluster" && machine && !(machine instanceof Error)) {
        cluster ??= await machine.startCluster().catch((error: Error) => error);
      }
      const obstacle =
        machine instanceof Error ? machine : cluster instanceof Error ? cluster : undefined;
      if (suite.needs !== "node" && obstacle) {
        say(`\n== ${suite.name}: skipped: ${obstacle.message}`);
        // A machine that cannot run it is a reason to skip; a set-up that broke is a failure.
        if (machine instanceof Error && machine.name === "ImpossibleHere") total.pending += 1;
        else {
          total.failures += 1;
          failed.push(suite.name);
        }
        continue;
      }
      say(`\n== ${suite.name}: ${suite.what} [${elapsed()}]`);
      const env = { ...process.env, ...(cluster instanceof Error ? {} : cluster?.env) };
      const counts = await runSuite(suite, env);
      total.passes += counts.passes;
      total.failures += counts.failures;
      total.pending += counts.pending;
      if (counts.failures > 0) failed.push(suite.name);
    }
  } finally {
    await preparing;
    if (cluster && !(cluster instanceof Error)) await cluster.stop();
  }
  if (failed.length > 0) say(`\nFailed: ${failed.join(", ")}`);
  say(`\nThe whole run took ${elapsed()}.`);
  say(`${total.passes} passed, ${total.failures} failed, ${total.pending} skipped`);
  return total.failures === 0 ? 0 : 1;
}

process.exitCode = await main();
