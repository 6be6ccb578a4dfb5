import { readFileSync, writeFileSync } from "node:fs";
import { checkUntil, explain } from "./check.ts";
import { parseTargets } from "./targets.ts";

/** Where Kubernetes looks for the reason of a container's end; outside a pod there is no such file. */
const TERMINATION_LOG = "/dev/termination-log";

process.exitCode = await main();

async function main(): Promise<number> {
  const path = process.env.TARGETS_FILE ?? "/etc/mcp-mesh/targets.json";
  let file: ReturnType<typeof parseTargets>;
  try {
    file = parseTargets(readFileSync(path, "utf8"));
  } catch (error) {
    return fail(`The targets file ${path} is unusable: ${explain(error)}`);
  }
  const deadline = Date.now() + file.timeoutSeconds * 1000;
  const results = await Promise.all(
    file.targets.map(async (target) => {
      const result = await checkUntil(target, deadline);
      console.log(JSON.stringify(result));
      return result;
    }),
  );
  const failed = results.filter((result) => !result.ok);
  if (failed.length === 0) return 0;
  const reasons = failed.map(({ target, reason }) => `${target}: ${reason}`);
  return fail(`The release check failed for ${reasons.join("; ")}`);
}

function fail(sentence: string): number {
  console.log(sentence);
  try {
    writeFileSync(TERMINATION_LOG, sentence, { flag: "r+" });
  } catch {
    // Not in a pod.
  }
  return 1;
}
