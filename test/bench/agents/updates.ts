import { Caller } from "#test/agents/caller";
import {
  deleteAtOnce,
  freeNode,
  killProcess,
  nodeDrain,
  registryOutage,
  rollingUpdate,
} from "#test/agents/disruptions";
import type { Failure } from "#test/agents/load/record";
import type { Stage } from "#test/agents/stage";
import { onStage } from "#test/bench/agents/on-stage";
import { say } from "#test/bench/measure";

const WORK_MS = 30;
const OUTAGE_SECONDS = 60;
const CALLERS = [
  { name: "mesh", what: "mesh caller", via: "mesh", perSecond: 10 },
  { name: "client", what: "client, kept", via: "client", perSecond: 5 },
  { name: "clients", what: "clients, new", via: "clients", perSecond: 3 },
] as const;

const disruptions: Record<string, (stage: Stage, node: string) => Promise<void>> = {
  "nothing, for 20 s": () => new Promise((resolve) => setTimeout(resolve, 20_000)),
  "a rolling update": (stage) => rollingUpdate(stage),
  "a node drain": nodeDrain,
  "no registry for 60 s": (stage) => registryOutage(stage, OUTAGE_SECONDS),
  "an update, no registry": (stage) => registryOutage(stage, 30, () => rollingUpdate(stage)),
  "SIGKILL of a process": (stage) => killProcess(stage),
  "a pod deleted at once": (stage) => deleteAtOnce(stage),
};

/** Failed calls of an agent with two replicas, at a steady pace, while things happen to it. */
export const benchUpdates = (rounds: number): Promise<void> =>
  onStage({ replicas: 2, workMs: WORK_MS }, async (stage) => {
    const node = await freeNode(stage);
    const seconds = 3600;
    const callers = await Promise.all(
      CALLERS.map(({ name, via, perSecond }) =>
        Caller.start(stage, name, { via, perSecond, seconds }, node),
      ),
    );
    const paces = CALLERS.map(({ what, perSecond }) => `${what} ${perSecond}/s`);
    say(`\nfailed of all calls, of a tool that takes ${WORK_MS} ms: ${paces.join(", ")}`);
    say(`  ${"".padEnd(26)}${CALLERS.map(({ what }) => what.padStart(16)).join("")}`);
    const reasons = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, disrupt] of Object.entries(disruptions)) {
        const before = await Promise.all(callers.map((caller) => caller.made()));
        const done = disrupt(stage, node);
        const failures = await Promise.all(callers.map((caller) => caller.during(() => done)));
        const after = await Promise.all(callers.map((caller) => caller.made()));
        const cells = failures.map((failed, index) => {
          const made = (after[index] ?? 0) - (before[index] ?? 0);
          return `${failed.length} of ${made}`.padStart(16);
        });
        say(`  ${name.padEnd(26)}${cells.join("")}`);
        for (const [index, failed] of failures.entries()) {
          for (const one of failed) reasons.add(`${name}, ${CALLERS[index]?.what}: ${words(one)}`);
        }
      }
    }
    for (const reason of reasons) say(`    ${reason}`);
    for (const caller of callers) {
      const { via, made, failed, p50, p99, most } = await caller.stop();
      say(`  ${via}: ${failed} of ${made} failed; p50 ${p50} ms, p99 ${p99} ms, most ${most} ms`);
    }
  });

/** Addresses and names of pods change, and would make two reasons of one. */
const words = ({ failed }: Failure) => failed.replace(/[\d.]+:8080|worker-\w+-\w+/g, "…");
