import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { projectRoot } from "#local/setup/environment";
import { alive } from "#test/conformance/support/alive";
import type { Exam } from "#test/conformance/support/exams";
import { run } from "#test/support/project";

interface Check {
  id: string;
  status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  errorMessage?: string;
}

export interface Verdict {
  /** What the suite itself counts as passed, whether or not anybody answered. */
  passes: number;
  warnings: string[];
  /** Why the server does not pass; empty if it does. */
  faults: string[];
}

export interface Options {
  /** Scenarios that fail for a reason; a run in which one of them passes fails. */
  expected?: Record<string, string>;
  /** Where the name in the URL leads. */
  address?: string;
}

/** Of any exchange, even of none: the suite adds them to each scenario. */
const ofTheWire = (id: string) => id.startsWith("wire-schema-");

/**
 * Examines a server with the official suite. The suite's own word is not enough: it counts passes
 * against an address where nobody answers, and ends with 0 when it ran nothing. So the server must
 * answer before and after, and each scenario must have left a success of its own and no failure.
 */
export async function examine(exam: Exam, url: string, options: Options = {}): Promise<Verdict> {
  const { expected = {}, address } = options;
  const own = (file: string) => ["--import", join(import.meta.dirname, file)];
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-conformance-"));
  try {
    const before = await alive(url, address);
    const results = join(folder, "results");
    const baseline = join(folder, "expected.yaml");
    writeFileSync(baseline, stringify({ server: Object.keys(expected) }));
    const { code, text } = await run(
      process.execPath,
      [
        ...own("patient.mjs"),
        ...(address ? own("named.mjs") : []),
        join(projectRoot, "node_modules", exam.release, "dist", "index.js"),
        ...["server", "--url", url, ...exam.args, "--output-dir", results],
        ...(Object.keys(expected).length > 0 ? ["--expected-failures", baseline] : []),
      ],
      { timeout: 240_000, env: { ...process.env, CONFORMANCE_ADDRESS: address } },
    );
    const after = await alive(url, address);
    const found = readResults(results);
    const checks = [...found.values()].flat();
    return {
      passes: checks.filter(({ status }) => status === "SUCCESS").length,
      warnings: checks.filter(({ status }) => status === "WARNING").map(({ id }) => id),
      faults: [
        ...(before ? [] : [`nobody answers at ${url}`]),
        ...(before && !after ? [`the server at ${url} ended during the run`] : []),
        ...(code === 0 ? [] : [`the suite ended with ${code}: ${text.slice(-300).trim()}`]),
        ...exam.scenarios.flatMap((name) => faultOf(name, found.get(name) ?? [], name in expected)),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function faultOf(scenario: string, checks: readonly Check[], expected: boolean): string[] {
  const own = checks.filter(({ id }) => !ofTheWire(id));
  const failures = checks.filter(({ status }) => status === "FAILURE");
  const passed = failures.length === 0 && own.some(({ status }) => status === "SUCCESS");
  if (expected) return passed ? [`${scenario} passes, though it is expected to fail`] : [];
  if (passed) return [];
  if (failures.length === 0) return [`${scenario} did not run`];
  return failures.map(({ id, errorMessage }) => `${scenario}: ${id}: ${errorMessage ?? "failed"}`);
}

/** The checks of each scenario, from folders such as `server-tools-list-2026-08-01T…`. */
function readResults(folder: string): Map<string, Check[]> {
  const found = new Map<string, Check[]>();
  for (const name of readFolder(folder)) {
    const scenario = /^(?:server-)?(.+)-\d{4}-\d\d-\d\dT/.exec(name)?.[1] ?? name;
    try {
      found.set(scenario, JSON.parse(readFileSync(join(folder, name, "checks.json"), "utf8")));
    } catch {
      // It broke off before it wrote anything: as if it had not run.
    }
  }
  return found;
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
