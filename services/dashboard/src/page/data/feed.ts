import { useEffect, useState } from "react";
import { now, setServerTime } from "./clock.ts";
import { early } from "./first.ts";
import { signedOut } from "./session.ts";

const TIMEOUT_MS = 8_000;
const MAX_PAUSE_MS = 10_000;

/** An answer that is asked for again and again. */
export interface Feed<A> {
  /** The last one, kept while the next ones fail. */
  answer?: A;
  /** Why the server gave none when it was asked last; undefined if it did. */
  trouble?: string;
  /** When it last gave one, by the server's clock; 0 if it never did. */
  seen: number;
}

/** Resolves after the pause, or later when somebody looks at the page again. */
function untilLookedAt(pause: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      if (document.hidden && !stopped.aborted) return;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
      resolve();
    };
    const timer = setTimeout(wake, pause);
    document.addEventListener("visibilitychange", wake);
    stopped.addEventListener("abort", wake, { once: true });
  });
}

/**
 * Asks for an answer again and again: less often while the server is away, and not while nobody
 * looks. An answer that has not changed is neither sent nor drawn again.
 */
export function useFeed<A>(address: string, paceMs: number): Feed<A> {
  const [feed, setFeed] = useState<Feed<A>>({ seen: 0 });
  useEffect(() => {
    const stopping = new AbortController();
    let etag = "";
    let failures = 0;
    const failed = (trouble: string) => {
      failures++;
      setFeed((before) => (before.trouble === trouble ? before : { ...before, trouble }));
    };
    const ask = async () => {
      let response: Response;
      let answer: A | undefined;
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), stopping.signal]);
        const headers: HeadersInit = etag ? { "if-none-match": etag } : {};
        response = await (early(address) ?? fetch(address, { cache: "no-store", headers, signal }));
        if (response.status === 200) answer = await response.json();
      } catch {
        if (!stopping.signal.aborted) failed("The dashboard does not answer");
        return;
      }
      setServerTime(response.headers.get("date"));
      if (response.status === 401) return signedOut();
      if (response.status !== 200 && response.status !== 304) {
        const body = await response.json().catch(() => ({}));
        return failed(
          String(body.error ?? `The dashboard answered with status ${response.status}`),
        );
      }
      failures = 0;
      etag = response.headers.get("etag") ?? "";
      const seen = now();
      setFeed((before) => {
        if (answer !== undefined) return { answer, seen };
        // Nothing is drawn again only because nothing has changed.
        if (before.trouble === undefined) return Object.assign(before, { seen });
        return { answer: before.answer, seen };
      });
    };
    const follow = async () => {
      while (!stopping.signal.aborted) {
        await ask();
        const pause = Math.min(paceMs * 2 ** failures, failures ? MAX_PAUSE_MS : paceMs);
        await untilLookedAt(pause, stopping.signal);
      }
    };
    void follow();
    return () => stopping.abort();
  }, [address, paceMs]);
  return feed;
}
