import { setTimeout as delay } from "node:timers/promises";
import { type Log, reason } from "@mcp-mesh/registry/src/log.ts";

/** What is known of something that is asked again and again. A new object after each look. */
export interface Known<Of> {
  value?: Of;
  /** When `value` was had; before there ever was one, when the watch began. */
  since: Date;
  /** Why the last look failed; undefined if it did not. */
  failure?: string;
}

export interface Watch<Of> {
  known(): Known<Of>;
  stop(): Promise<void>;
}

export interface Pace {
  intervalMs: number;
  /** The longest pause between looks at what does not answer. */
  maxIntervalMs: number;
}

/** With a page that asks once a second, what changes shows in less than two. */
export const defaultPace: Pace = { intervalMs: 750, maxIntervalMs: 10_000 };

export interface Watched<Of> {
  /** Whom it asks, as logs name it: "the registry". */
  whom: string;
  read(stopped: AbortSignal): Promise<Of>;
  answered?(): void;
  failed?(): void;
}

/**
 * Looks again and again. However many browsers are open, whoever is watched has one question at a time
 * from each replica, and a page never waits for it.
 */
export function startWatch<Of>(
  { whom, read, answered, failed }: Watched<Of>,
  log: Log,
  { intervalMs, maxIntervalMs }: Pace = defaultPace,
): Watch<Of> {
  const stopping = new AbortController();
  let known: Known<Of> = { since: new Date(), failure: "it has not been asked yet" };
  let failures = 0;

  const look = async () => {
    try {
      const value = await read(stopping.signal);
      known = { value, since: new Date() };
      answered?.();
      if (failures > 0) log.info(`${whom} answers again`, { failures });
      failures = 0;
    } catch (error) {
      if (stopping.signal.aborted) return;
      known = { ...known, failure: reason(error) };
      failed?.();
      // Once is enough: the metrics tell how long it goes on.
      if (failures === 0) log.warn(`${whom} can't be read`, { reason: known.failure });
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
