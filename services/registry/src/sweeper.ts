import { type Log, reason } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Store } from "./store.ts";

export interface Timers {
  /** Silence after which an agent is unhealthy. */
  silentMs: number;
  /** Silence after which an agent is forgotten. */
  forgetMs: number;
  sweepEveryMs: number;
}

export const defaultTimers: Timers = { silentMs: 20_000, forgetMs: 3_600_000, sweepEveryMs: 5_000 };

/**
 * Sweeps again and again until the returned function is called, which waits for one under way.
 * Silence counts only while heartbeats could arrive: after a start, or a sweep that failed, it
 * first waits for `silentMs`, or a database outage would make the whole mesh register anew.
 */
export function startSweeper(
  store: Pick<Store, "check" | "sweep">,
  timers: Timers,
  metrics: Pick<Metrics, "swept">,
  log: Log,
): () => Promise<void> {
  let listeningSince = Date.now();
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const sweep = async () => {
    try {
      // A failing question resets the wait just as a failing sweep does.
      const behind = await store.check();
      if (behind) throw new Error(behind);
      if (Date.now() - listeningSince < timers.silentMs) return;
      const swept = await store.sweep(timers.silentMs, timers.forgetMs);
      if (!swept) return;
      metrics.swept(swept.lost.length);
      for (const agent_id of swept.lost) log.warn("heartbeats stopped", { agent_id });
      if (swept.forgotten > 0) log.info("forgot agents", { count: swept.forgotten });
    } catch (error) {
      listeningSince = Date.now();
      log.warn("could not sweep", { error: reason(error) });
    }
  };
  const schedule = () => {
    timer = setTimeout(() => {
      running = sweep().then(() => {
        if (!stopped) schedule();
      });
    }, timers.sweepEveryMs);
  };
  schedule();

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
