import { useSyncExternalStore } from "react";

/** How far the server's clock is ahead of this machine's, in milliseconds. */
let ahead = 0;
let second = Math.floor(Date.now() / 1000);
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Now by the server's clock: ages are right on a machine whose own clock is not. */
export const now = (): number => Date.now() + ahead;

/** Takes the time from an answer's Date header. */
export function setServerTime(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  // The header counts whole seconds, and the answer was on its way: less than that is no difference.
  ahead = Math.abs(difference) > 2_000 ? difference : 0;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000);
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now by the server's clock, again with each second that passes. */
export function useNow(): number {
  useSyncExternalStore(subscribe, () => second);
  return now();
}
