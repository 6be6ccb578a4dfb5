import { isIPv4, isIPv6 } from "node:net";

/** Tries of one address before it has to wait, each time twice as long. */
const FREE_TRIES = 5;
const LONGEST_PAUSE = 900;
const FORGOTTEN_AFTER = 3_600;
/** Of all addresses together, so that many of them help little: so many at once, then one a second. */
const BURST = 60;
const MOST_ADDRESSES = 10_000;

export interface Limiter {
  /** Counts a try; returns the seconds that this one came too early, and is not to be looked at. */
  take(address: string): number;
  /** That try was none to count. */
  succeeded(address: string): void;
}

/** Slows down who guesses passwords. Each replica has its own. */
export function createLimiter(now: () => number = Date.now): Limiter {
  const tried = new Map<string, { count: number; last: number }>();
  let spare = BURST;
  let filled = now();
  return {
    take(address) {
      const time = now();
      spare = Math.min(BURST, spare + (time - filled) / 1000);
      filled = time;
      const known = tried.get(address);
      const since = known ? (time - known.last) / 1000 : FORGOTTEN_AFTER;
      const count = known && since < FORGOTTEN_AFTER ? known.count : 0;
      const pause = count < FREE_TRIES ? 0 : Math.min(2 ** (count - FREE_TRIES), LONGEST_PAUSE);
      if (since < pause) return Math.ceil(pause - since);
      if (spare < 1) return 1;
      spare--;
      // The one that has not tried for longest goes first.
      tried.delete(address);
      tried.set(address, { count: count + 1, last: time });
      const [oldest] = tried.keys();
      if (tried.size > MOST_ADDRESSES && oldest !== undefined) tried.delete(oldest);
      return 0;
    },
    succeeded(address) {
      tried.delete(address);
      spare = Math.min(BURST, spare + 1);
    },
  };
}

/** Whoever has one IPv6 address has all of its network. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return "unknown";
  const [head = "", tail] = plain.split("%")[0]!.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":").length : 0;
  if (tail !== undefined) while (groups.length + after < 8) groups.push("0");
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/**
 * The address that counts: with proxies before the server, the one that the outermost of them saw. What
 * stands left of it in the header is whatever the client wrote.
 */
export function addressOf(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  proxies: number,
): string {
  const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim());
  const seen = proxies > 0 ? hops.at(-proxies) : undefined;
  return networkOf(seen || socketAddress || "");
}
