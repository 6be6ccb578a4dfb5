import { prepareCallers } from "#test/agents/caller";
import { Stage } from "#test/agents/stage";
import { SESSIONFUL, switchPods } from "#test/agents/switch";
import { onTestCluster } from "#test/bench/agents/on-stage";
import { say } from "#test/bench/measure";

/** Calls in ten sessions, and of new clients, while the pod of a sessionful agent is replaced. */
export const benchSessions = (rounds: number): Promise<void> =>
  onTestCluster(async () => {
    const stage = new Stage("bench-sessions");
    try {
      await stage.openNamespace();
      await Promise.all([stage.agent(SESSIONFUL), prepareCallers(stage)]);
      say(
        "\nthe pod of a sessionful agent replaced, under calls of ten sessions and of new clients",
      );
      for (let round = 0; round < rounds; round++) {
        const { held, fresh, stayed } = await switchPods(stage);
        const calls = [held, fresh].map(({ made, failed, p99 }, index) => {
          return `${index === 0 ? "in sessions" : "new"} ${failed} of ${made} failed (p99 ${p99} ms)`;
        });
        say(`  ${calls.join(", ")}; the old pod ${stayed ? "served its sessions on" : "was gone"}`);
      }
    } finally {
      await stage.close();
    }
  });
