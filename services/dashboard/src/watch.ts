import { setTimeout as delay } from "node:timers/promises";
import { type Log, reason } from "@mcp-mesh/registry/src/log.ts";
import type { Mesh } from "./mesh.ts";
import type { Metrics } from "./metrics.ts";

/** What is known of the mesh. A new object after each look at the registry. */
export interface Known {
  mesh?: Mesh;
  /** When the registry gave `mesh`; before it ever did, when the watch began. */
  since: Date;
  /** Why the last look failed; undefined if it did not. */
  failure?: string;
}

export interface Watch {
  known(): Known;
  stop(): Promise<void>;
}

export interface Pace {
  intervalMs: number;
  /** The longest pause between looks at a registry that does not answer. */
  maxIntervalMs: number;
}

export const defaultPace: Pace = { intervalMs: 1_500, maxIntervalMs: 10_000 };

/**
 * Looks at the registry again and again. However many browsers are open, it has one question at a
 * time from each replica, and a page never waits for it.
 */
export function startWatch(
  read: (stopped: AbortSignal) => Promise<Mesh>,
  metrics: Pick<Metrics, "failed" | "answered">,
  log: Log,
  { intervalMs, maxIntervalMs }: Pace = defaultPace,
): Watch {
  const stopping = new AbortController();
  let known: Known = { since: new Date(), failure: "it has not been asked yet" };
  let failures = 0;

  const look = async () => {
    try {
      const mesh = await read(stopping.signal);
      known = { mesh, since: new Date() };
      metrics.answered();
      if (failures > 0) log.info("the registry answers again", { failures });
      failures = 0;
    } catch (error) {
      if (stopping.signal.aborted) return;
      known = { ...known, failure: reason(error) };
      metrics.failed();
      // Once is enough: the metrics tell how long it goes on.
      if (failures === 0) log.warn("the registry can't be read", { reason: known.failure });
      failures++;
    }
  };

  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look();
      const pause = Math.min(intervalMs * 2 ** failures, failures ? maxIntervalMs : intervalMs);
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const ended = loop();

  return {
    known: () => known,
    stop() {
      stopping.abort();
      return ended;
    },
  };
}
