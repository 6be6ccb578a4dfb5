import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage } from "node:http";

/** The header that tells a callee how many seconds are left; MCP Mesh's own, which has fractions. */
export const TIMEOUT_HEADER = "x-mesh-timeout";

/** The longest time that a timer of Node's can run. */
const LONGEST_MS = 2 ** 31 - 1;

/** When the call that the current work answers must be done, by `performance.now()`. */
const incoming = new AsyncLocalStorage<number | undefined>();

/**
 * Lets what the agent does about a request know the request's deadline. To be called as soon as its
 * headers are there: what follows in the same callback, and from it, belongs to the request.
 */
export function enterDeadline(request: IncomingMessage): void {
  const limitMs = readTimeout(request.headers[TIMEOUT_HEADER]);
  const deadline = limitMs === undefined ? undefined : performance.now() + limitMs;
  incoming.enterWith(deadline);
  if (deadline === undefined) return;
  // Events of the body come from the connection, which knows no request.
  const { push } = request;
  request.push = function (this: IncomingMessage, chunk, encoding) {
    return incoming.run(deadline, () => push.call(this, chunk, encoding));
  };
}

/** How long a call may take now: its own limit, or what is left of the one that it is made for. */
export function budget(limitMs: number): number {
  const deadline = incoming.getStore();
  const leftMs = deadline === undefined ? limitMs : deadline - performance.now();
  return Math.min(limitMs, leftMs, LONGEST_MS);
}

/** The header's value for what is left, rounded down: a callee must not believe to have longer. */
export function writeTimeout(leftMs: number): string {
  return (Math.floor(leftMs) / 1000).toString();
}

function readTimeout(value: string | string[] | undefined): number | undefined {
  const seconds = typeof value === "string" ? Number.parseFloat(value) : Number.NaN;
  return seconds > 0 ? Math.min(LONGEST_MS, seconds * 1000) : undefined;
}
