import { Caller } from "#test/agents/caller";
import type { Result } from "#test/agents/load/record";
import type { Stage } from "#test/agents/stage";
import { onStage } from "#test/bench/agents/on-stage";
import { median, say } from "#test/bench/measure";

const REPLICAS = [1, 2, 4];
const WORKERS = 8;
const SECONDS = 8;
/** Little enough for four replicas and their caller to find it on two cores. */
const RESOURCES = {
  requests: { cpu: "20m", memory: "128Mi", "ephemeral-storage": "32Mi" },
  limits: { cpu: "150m", memory: "256Mi", "ephemeral-storage": "128Mi" },
};
const WAYS = ["client", "mesh"] as const;

/**
 * Calls a second, and how long the slowest hundredth takes, for eight callers in one pod: through the
 * Service by a client of the SDK, and by the runtime, which knows the pods.
 */
export const benchService = (rounds: number): Promise<void> =>
  onStage({ replicas: 1, workMs: 0, changes: { resources: RESOURCES } }, async (stage) => {
    say(
      `\ncalls of an agent in the cluster by ${WORKERS} at a time; each replica has at most 0.15 of`,
    );
    say(`a core; ${rounds} rounds of ${SECONDS} s by turns, medians`);
    say(
      `  ${"replicas".padEnd(10)}${"way".padEnd(10)}${"calls/s".padStart(9)}${"p50".padStart(11)}${"p99".padStart(11)}`,
    );
    const results: Record<string, Result[]> = {};
    for (let round = 0; round < rounds; round++) {
      for (const replicas of REPLICAS) {
        await scale(stage, replicas);
        for (const via of WAYS.toSorted(() => Math.random() - 0.5)) {
          const load = { via, workers: WORKERS, seconds: SECONDS };
          const result = await (await Caller.start(stage, `${via}-load`, load)).result();
          if (result.failed > 0) say(`  ${result.failed} of ${result.made} calls failed`);
          (results[`${replicas} ${via}`] ??= []).push(result);
        }
      }
    }
    for (const replicas of REPLICAS) {
      for (const via of WAYS) {
        const found = results[`${replicas} ${via}`] ?? [];
        const alone = results[`${REPLICAS[0]} ${via}`] ?? [];
        const more = found.map((one, round) => one.perSecond / (alone[round]?.perSecond ?? 0));
        const of = (figure: (one: Result) => number) => median(found.map(figure));
        const times = [of(({ p50 }) => p50), of(({ p99 }) => p99)];
        const cells = times.map((ms) => `${ms.toFixed(1)} ms`.padStart(11)).join("");
        const calls = of(({ perSecond }) => perSecond).toFixed(0);
        const ratio = `× ${median(more).toFixed(2)} of one replica`;
        say(
          `  ${String(replicas).padEnd(10)}${via.padEnd(10)}${calls.padStart(9)}${cells}  ${ratio}`,
        );
      }
    }
  });

/** Four replicas have three nodes, so that for once two may share one. */
async function scale(stage: Stage, replicas: number): Promise<void> {
  const remove = JSON.stringify([{ op: "remove", path: "/spec/template/spec/affinity" }]);
  const patch = ["patch", "deployment", "worker", "--type=json", "--patch", remove];
  await stage.kubectl(patch).catch(() => "It is gone.");
  await stage.kubectl(["scale", "deployment/worker", `--replicas=${replicas}`]);
  await stage.settled("worker");
}
