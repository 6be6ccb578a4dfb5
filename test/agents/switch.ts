import { Caller } from "#test/agents/caller";
import type { Result } from "#test/agents/load/record";
import type { Stage } from "#test/agents/stage";

export const SESSIONFUL = "everything";

export interface Switched {
  /** What became of the calls in the ten sessions that were there before, and of new clients'. */
  held: Result;
  fresh: Result;
  /** Whether the old pod was still there for its sessions when the new one served, and is gone now. */
  stayed: boolean;
  left: boolean;
}

/** Replaces the pod of a sessionful agent under calls, and ends the sessions after it. */
export async function switchPods(stage: Stage): Promise<Switched> {
  const load = {
    url: `http://${SESSIONFUL}.${stage.namespace}.svc:8080/mcp`,
    ...{ tool: "echo", arguments: { message: "Ada" }, expect: "Echo: Ada" },
  };
  const [old] = await stage.pods(SESSIONFUL);
  const isThere = async () =>
    (await stage.pods(SESSIONFUL)).some(({ metadata }) => metadata.uid === old?.metadata.uid);
  const held = await Caller.start(stage, "held", { via: "sessions", perSecond: 4, ...load });
  const fresh = await Caller.start(stage, "fresh", { via: "clients", perSecond: 1, ...load });
  const done = (async () => {
    await stage.kubectl(["rollout", "restart", `deployment/${SESSIONFUL}`]);
    await stage.kubectl(["rollout", "status", `deployment/${SESSIONFUL}`, "--timeout=200s"]);
  })();
  await Promise.all([held, fresh].map((caller) => caller.during(() => done)));
  const stayed = await isThere();
  const [first, second] = await Promise.all([held.stop(), fresh.stop()]);
  await stage.settled(SESSIONFUL);
  return { held: first, fresh: second, stayed, left: !(await isThere()) };
}
