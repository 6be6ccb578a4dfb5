import { readFileSync, writeFileSync } from "node:fs";
import { KubernetesApi } from "./api.ts";
import { checkUntil, explain, type Result } from "./check.ts";
import { Rollback } from "./rollback.ts";
import { parseTargets, type Target } from "./targets.ts";

/** Where Kubernetes looks for the reason of a container's end; outside a pod there is no such file. */
const TERMINATION_LOG = "/dev/termination-log";

process.exitCode = await main();

async function main(): Promise<number> {
  const path = process.env.TARGETS_FILE ?? "/etc/mcp-mesh/targets.json";
  let file: ReturnType<typeof parseTargets>;
  try {
    file = parseTargets(readFileSync(path, "utf8"));
  } catch (error) {
    return fail([`The targets file ${path} is unusable: ${explain(error)}`]);
  }
  const { targets, timeoutSeconds } = file;
  const milliseconds = timeoutSeconds * 1000;
  const rollback = file.rollback
    ? new Rollback(KubernetesApi.inCluster(file.rollback.namespace))
    : undefined;
  const results = await Promise.all(
    targets.map((target) => prove(target, Date.now() + milliseconds, rollback)),
  );
  const failed = targets.filter((_, index) => !results[index]?.ok);
  const said = failed.length === 0 ? [] : [reasons(results)];
  const kept = rollback
    ? await Promise.allSettled(
        targets.map((target) =>
          failed.includes(target) ? rollback.undo(target, milliseconds) : rollback.remember(target),
        ),
      )
    : [];
  for (const outcome of kept) {
    if (outcome.status === "rejected") said.push(explain(outcome.reason));
    else if (outcome.value) said.push(outcome.value);
  }
  return said.length === 0 ? 0 : fail([...new Set(said)]);
}

/** Calls one agent, as new as it should be, until it answers as it should. */
async function prove(
  target: Target,
  deadline: number,
  rollback: Rollback | undefined,
): Promise<Result> {
  let result: Result;
  try {
    await rollback?.redo(target, deadline);
    result = await checkUntil(target, deadline);
  } catch (error) {
    result = { target: target.name, ok: false, attempts: 0, seconds: 0, reason: explain(error) };
  }
  console.log(JSON.stringify(result));
  return result;
}

function reasons(results: readonly Result[]): string {
  const failed = results.flatMap(({ ok, target, reason }) => (ok ? [] : `${target}: ${reason}`));
  return `The release check failed for ${failed.join("; ")}`;
}

/** Kubernetes shows 4096 bytes of it. */
function fail(sentences: readonly string[]): number {
  const text = sentences.join(". ");
  console.log(text);
  try {
    writeFileSync(TERMINATION_LOG, text, { flag: "r+" });
  } catch {
    // Not in a pod.
  }
  return 1;
}
